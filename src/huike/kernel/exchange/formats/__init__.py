"""Files as tables: their encoding, separator, header and extent, in every format that is read."""
