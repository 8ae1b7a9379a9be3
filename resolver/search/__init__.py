"""The search: decisions lead to a first stack, moves to better ones, and strides examine what comes out."""
