"""Pages of industry packs."""
