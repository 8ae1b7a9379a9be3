"""Reports as text for terminals, and as Markdown."""
