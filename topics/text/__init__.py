"""From what packages say about themselves to words: cleaned, split, weighted by field, in linear time."""
