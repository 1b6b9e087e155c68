"""The components that belong to no entity."""
