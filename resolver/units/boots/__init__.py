"""Units that look at a run before it begins."""
