"""Catalogers: pure functions from a root file system to records of what is in it."""
