"""Packages that are about the same: an index built locally, searched exactly, answers with reasons."""
