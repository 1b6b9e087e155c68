"""Parts of pages made by hand for orders."""
