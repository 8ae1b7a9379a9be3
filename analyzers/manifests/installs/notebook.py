"""Notebooks: what the install commands in their cells ask for."""

from __future__ import annotations

from analyzers.manifests.declared import Format, Manifest
from analyzers.manifests.errors import UnreadableManifestError
from analyzers.source.reading.notebooks import GROUP, NotebookError, notebook


def parse_notebook(data: bytes, path: str) -> Manifest:
    """What the cells of a notebook install, wherever ``%pip``, ``!pip`` or their like stands.

    Raises:
        UnreadableManifestError: it is no notebook, or not one of Python.
    """
    try:
        found = notebook(data, path)
    except NotebookError as error:
        raise UnreadableManifestError(path, str(error), "give a notebook of Python") from error
    return Manifest(
        path=path,
        format=Format.NOTEBOOK,
        groups=(GROUP,) if found.declared else (),
        declared=found.declared,
        unknowns=found.unknowns,
    )
