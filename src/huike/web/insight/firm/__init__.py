"""Insight pages on the firm as a whole: scorecard, baskets, groups, big customers, forecast."""
