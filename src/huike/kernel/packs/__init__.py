"""Industry packs: what a trade needs, as data files that can be applied, renewed and taken back."""
