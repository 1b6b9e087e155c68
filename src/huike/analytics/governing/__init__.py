"""Steering the analysis: its settings with who changed them, its runs, and what moved with them."""
