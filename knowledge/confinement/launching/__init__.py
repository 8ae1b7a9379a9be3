"""Runs as a program of its own between this one and what is confined; only the standard library is used."""
