"""A typed Python client, written from the description of the API."""
