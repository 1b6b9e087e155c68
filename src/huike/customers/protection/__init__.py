"""What keeps a customer's file from harm: the lock, and what is sealed in it."""
