"""Facts of a target in the vocabulary of wheel variants."""
