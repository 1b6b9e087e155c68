"""A record typed: added, edited, edited in place, and the edit of another met."""
