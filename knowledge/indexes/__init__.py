"""Which indexes there are, what they list of projects, and how that is read."""
