"""Days that matter, on a customer's page."""
