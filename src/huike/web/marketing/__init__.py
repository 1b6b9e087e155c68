"""Pages of segments, campaigns and what came of them."""
