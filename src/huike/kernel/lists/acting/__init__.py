"""Acts on many chosen rows: what is done, to which rows, and how it is rehearsed and written."""
