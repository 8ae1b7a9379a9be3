"""Where images come from: daemons, archives, layouts, registries, directories. They alone do I/O."""
