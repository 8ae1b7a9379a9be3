"""Searches for the best stack that works: state space, units, predictors, lockfiles and reports."""
