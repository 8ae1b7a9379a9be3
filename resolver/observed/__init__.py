"""What was seen of releases, for a run: which failures count on its target, and how far they carry."""
