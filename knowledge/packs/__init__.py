"""Observations as files, from one store to another."""
