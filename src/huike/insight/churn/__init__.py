"""Churn warning: who is about to leave, how sure that is, why, and what it is worth to act."""
