"""People beside the owner who see or change a customer."""
