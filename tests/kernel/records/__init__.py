"""Rows below the surfaces: how they are emptied from the bin."""
