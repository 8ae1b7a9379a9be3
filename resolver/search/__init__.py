"""The search among complete stacks: what it walks on, how it moves, what it knows of the best."""
