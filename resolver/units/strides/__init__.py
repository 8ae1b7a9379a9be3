"""Strides: examine complete stacks."""
