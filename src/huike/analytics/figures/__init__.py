"""What the insight pages count, always over rows that the asking actor may see.

Each function takes a `Question` (who asks, as of which day, which customers) and returns plain
numbers with the leaves of a filter for each mark, so that the page can lead down to its customers.
"""
