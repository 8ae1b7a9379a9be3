"""Contents of files on indexes, by ranges or whole, and the metadata in them."""
