"""Findings: pure functions from what was found in an image to what is odd about it."""
