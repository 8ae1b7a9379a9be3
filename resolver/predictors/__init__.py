"""Predictors: they choose what the search decides next."""
