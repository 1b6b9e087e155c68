"""The analysis in the product: runs, scores and what they explain."""
