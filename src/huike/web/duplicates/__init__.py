"""The pages of duplicates: what was found, two customers side by side, and undoing merges."""
