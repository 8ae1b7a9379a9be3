"""This machine as a target: its interpreter, its system, and what it has to build with."""
