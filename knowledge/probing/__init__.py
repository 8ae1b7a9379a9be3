"""Builds stacks in environments of their own, imports and runs them confined, and says what failed."""
