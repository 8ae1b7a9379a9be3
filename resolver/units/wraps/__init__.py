"""Units that say what is worth knowing about an accepted stack."""
