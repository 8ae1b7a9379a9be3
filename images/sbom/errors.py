"""What can be wrong with writing a bill of materials."""

from __future__ import annotations


class SbomLibraryError(Exception):
    """The library that writes a format is not installed.

    Attributes:
        form: name of the format.
        library: distribution that is missing.
    """

    def __init__(self, form: str, library: str) -> None:
        super().__init__(f"--format {form}: {library} is not installed")
        self.form, self.library = form, library
        self.add_note("install it with: pip install 'stackwright[sbom]'")
