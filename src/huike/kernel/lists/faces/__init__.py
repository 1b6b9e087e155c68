"""What a list looks like besides a table: groups with totals, a board, a month."""
