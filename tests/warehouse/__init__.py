"""The warehouse: feeds, loads, history, the pivot, engines."""
