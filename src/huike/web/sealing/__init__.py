"""The pages of what is sealed: a record's, everybody's own second secret, and the settings."""
