"""What an sdist requires, learned by building it where the user allows that."""
