"""Files that are sealed: encrypted on the disk, opened piece by piece."""
