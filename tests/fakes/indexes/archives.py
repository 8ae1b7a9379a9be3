"""Archives of given files, for those who read them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Literal, cast


def tar_of(files: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    """A tar archive whose members stand in the given order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=cast("Literal['w:gz']", mode)) as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A zip archive whose members stand in the given order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()
