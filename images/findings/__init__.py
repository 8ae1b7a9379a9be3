"""Findings: pure functions from a root file system and what is known of it to what deserves attention."""
