"""Import simulation: what happens when modules of a stack are imported, found out on paper.

Files of installed or packed distributions in, failures that are certain out. Nothing is imported or run: an
abstract interpreter executes module bodies and the functions that they call, with `values.UNKNOWN` for
everything that it does not understand, in the order in which Python would.
"""
