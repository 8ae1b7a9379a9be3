"""Measures releases on this machine, and knows what was measured of them before."""
