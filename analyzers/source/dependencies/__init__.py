"""What a project declares, held against what it imports; findings where the two differ."""
