"""Brings files in: what the user chose, each row judged and written, stopped, resumed, undone."""
