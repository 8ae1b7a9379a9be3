"""Rewrites of source for API moves that a newer release demands: rules are data, libcst executes them."""
