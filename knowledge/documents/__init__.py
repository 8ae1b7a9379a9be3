"""What packages say about themselves, as the store and indexes have it."""
