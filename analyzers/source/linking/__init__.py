"""From what each file says by itself to what the project uses of others, across its files."""
