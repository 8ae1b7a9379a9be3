"""Stacks that come out of a search are built and run, and what fails there is learned from."""
