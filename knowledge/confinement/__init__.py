"""Runs programs that nobody vouches for: as a user of their own, in namespaces, with limits, nothing left."""
