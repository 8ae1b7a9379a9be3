"""Units that score a release."""
