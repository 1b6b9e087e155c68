"""Who calls: tokens, their scopes and pages, and how often a caller may ask."""
