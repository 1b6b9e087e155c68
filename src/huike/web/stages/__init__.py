"""Relation and stage of a customer on its page: why, by whom, since when."""
