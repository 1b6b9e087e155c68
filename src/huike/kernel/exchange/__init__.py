"""Files in and out, in pure Python: reading tables and values, matching columns, writing."""
