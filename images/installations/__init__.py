"""Python installations in a root file system: programs, versions, environments, search paths."""
