"""Files in and out, in pure Python: reading tables, reading values, matching columns, writing rows."""
