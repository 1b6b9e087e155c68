"""Huike 回客: the customer file, the daily work around it, and the analysis that feeds it."""

__version__ = "0.1.0"
