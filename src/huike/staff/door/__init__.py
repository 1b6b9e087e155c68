"""The door: signing in, second factor and recovery, networks, and the first minutes of a firm."""
