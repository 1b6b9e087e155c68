"""Takes everything an organisation has into one archive, and gives it back on either database."""
