"""The public pool (公海): customers without owner, the rules that bring them there, and claims."""
