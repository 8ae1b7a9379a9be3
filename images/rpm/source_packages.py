"""The source package that an rpm was built from, by the name of its file."""

from __future__ import annotations

from images.packages.listed import word

_SUFFIXES = (b".src.rpm", b".nosrc.rpm")


def source_package(file_name: bytes) -> tuple[str | None, str | None]:
    """Name, and version and release, which such a name holds without the epoch; Nones where it is none.

    Raises:
        WordError: they are not what rpm would have written.
    """
    for suffix in _SUFFIXES:
        if file_name.endswith(suffix):
            parts = file_name.removesuffix(suffix).rsplit(b"-", 2)
            if len(parts) == 3:
                return word(parts[0], "source"), word(b"-".join(parts[1:]), "source version")
    return None, None
