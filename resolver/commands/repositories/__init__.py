"""What commands find in a repository, and what they write there."""
