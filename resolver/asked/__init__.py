"""What a user asks for: arguments, manifests, constraints, overrides and existing locks, for one target."""
