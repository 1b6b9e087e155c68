"""The pages of privacy: a customer's consents and requests, who saw the file, and the settings."""
