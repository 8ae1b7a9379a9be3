"""Units that name projects which can stand in for others."""
