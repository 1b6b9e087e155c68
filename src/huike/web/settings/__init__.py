"""Pages on which administrators set the firm up."""
