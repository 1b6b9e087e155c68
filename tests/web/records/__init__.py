"""Stories of the pages."""
