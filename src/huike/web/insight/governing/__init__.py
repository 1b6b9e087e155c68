"""The pages from which the analysis is steered: its settings, and its runs."""
