"""What files of rules may cost: they are written by others."""

from __future__ import annotations

LARGEST_FILE_BYTES = 4 << 20
MOST_VALUES = 500_000
"""In one file: texts and the ends of collections."""
MOST_FILES = 20_000
MOST_BYTES = 64 << 20
DEEPEST_FOLDER = 16
