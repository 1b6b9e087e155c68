"""Bringing files in: drop, look, match by pointing, rehearse, load, mend, undo."""
