"""Existing locks: bytes in, pins out."""
