"""What package databases say, read from their bytes: pure, bounded, nothing of an image is run."""
