"""What wheels hold, read by ranges and kept by their hashes: modules, names, surfaces, native code."""
