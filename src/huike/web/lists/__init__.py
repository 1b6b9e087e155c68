"""Every list of records: one page for all entities, with its filters, faces, acts and exports."""
