"""Finds customers that are in the file twice, lets people judge the pairs, and merges them."""
