"""From rows of any file to clean lines and orders."""
