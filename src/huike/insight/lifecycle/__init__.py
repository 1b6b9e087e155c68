"""Where customers stand in their life with the firm, how long they stay, and how it ended."""
