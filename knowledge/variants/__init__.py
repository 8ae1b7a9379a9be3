"""Wheel variants: what labels mean, which of them fit a target, and in which order. Source: PEP 825."""
