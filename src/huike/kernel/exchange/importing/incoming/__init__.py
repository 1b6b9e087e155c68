"""A file that came in: kept, looked at, and read row by row."""
