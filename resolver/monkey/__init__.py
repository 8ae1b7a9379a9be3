"""Dependency Monkey: samples stacks of the space of a search, has each probed, says what was learned."""
