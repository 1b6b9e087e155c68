"""Pages of layouts: arranged on screen, chosen on a record, and the rules of fields."""
