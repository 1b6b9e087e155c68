"""What customers answered when they were asked how satisfied they are."""
