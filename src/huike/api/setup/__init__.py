"""How a firm is set up, by API: industry packs, layouts and the rules of fields."""
