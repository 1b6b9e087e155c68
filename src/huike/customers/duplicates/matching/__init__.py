"""Tells by probabilities which parties are the same; these functions know nothing of Django."""
