"""Merges one record into another of its kind, wherever it is pointed at, and takes it back."""
