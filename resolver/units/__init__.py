"""Units of the advising pipeline: boots, pseudonyms, sieves, steps, strides and wraps."""
