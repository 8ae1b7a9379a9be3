"""What is said of images: records, reports, comparisons, and what an image tells of its making."""
