"""Native code: what ELF files say of themselves, and whether it can be loaded on a target."""
