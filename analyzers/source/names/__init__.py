"""From an imported name to distributions: what provides it, what it may be mistaken for, what it is."""
