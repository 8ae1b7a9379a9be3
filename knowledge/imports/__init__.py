"""What happens when a stack is imported, simulated over the files of its releases."""
