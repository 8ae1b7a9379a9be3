"""Pictures of topics, packages and predictions: figures as PNG or SVG, and a page that needs nothing else."""
