"""Pictures of searches: as PNG or SVG, and as a page that needs nothing else."""
