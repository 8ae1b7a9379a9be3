"""What is known of a target: facts with sources, and what follows from them."""
