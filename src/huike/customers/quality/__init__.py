"""How good the customer files are: completeness, rules, findings, and what became of them."""
