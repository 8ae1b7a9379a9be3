"""What can be wrong with an rpm database."""

from __future__ import annotations


class RpmDatabaseError(ValueError):
    """The database, or the part of it that the message names, is not what its format prescribes."""
