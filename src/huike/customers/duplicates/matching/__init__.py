"""Tells by probabilities which parties are the same: plain functions that know nothing of Django."""
