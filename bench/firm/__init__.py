"""A seeded firm of any size, loaded straight into the tables; `python -m bench.firm --help`."""
