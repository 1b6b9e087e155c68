"""The pivot: what a person asks of the warehouse, within that person's rights."""
