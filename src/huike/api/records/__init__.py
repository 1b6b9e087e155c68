"""Every record by API: read, listed, written, in bulk, once."""
