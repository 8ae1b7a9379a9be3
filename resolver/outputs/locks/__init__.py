"""Advice as lockfiles, and what differs from one that is there."""
