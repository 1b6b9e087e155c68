"""Stories in a real browser against the product as `huike demo` starts it."""
