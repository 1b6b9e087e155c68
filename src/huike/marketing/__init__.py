"""Segments of customers, campaigns on them, and who was treated or held out."""
