"""The declaration of the star, and the words it is declared in."""
