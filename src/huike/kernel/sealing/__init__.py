"""Text that opens only with a second secret, encrypted at rest (加密); see decision 0015."""
