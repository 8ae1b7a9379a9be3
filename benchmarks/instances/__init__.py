"""Instances of the search among stacks: where they come from, an exact oracle, and an independent checker."""
