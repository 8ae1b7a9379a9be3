"""From a tree of files to Python source as text: which files, in which encoding, from which cells."""
