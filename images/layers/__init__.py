"""Layers: tar streams in, hashed and reduced to what is wanted; laid over each other, a file system out."""
