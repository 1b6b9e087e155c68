"""The page of pivots: any figures by anything, down to the documents."""
