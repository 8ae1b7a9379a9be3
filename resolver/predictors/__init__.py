"""Predictors: they choose where a search among complete stacks moves next."""
