"""What a target admits: files, platforms, moments, and what its image ships."""
