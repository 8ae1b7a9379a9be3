"""Tier two: which names are bound to which imports, proven by libcst's scopes."""
