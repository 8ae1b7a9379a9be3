"""Several predictors at once, each in a process of its own, that share what they find."""
