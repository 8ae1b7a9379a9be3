"""Hostile archives, read by pieces and ranges: compression, tar and zip."""
