"""Kinds of values: how each is read from text, checked, shown, edited and compared."""
