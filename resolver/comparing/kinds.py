"""What a name on the command line of ``compare`` stands for: a lock, or an image."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from analyzers.manifests.declared import Format
from analyzers.manifests.discovery import manifest_format
from resolver.asked.files import InputFiles
from resolver.asked.wishes import STANDARD_INPUT
from resolver.errors import InputError

_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
_TAR_MARK = (257, b"ustar")
HEAD_BYTES = 512
"""So much of a file tells what it is."""
_BY_SUFFIX = {".toml": Format.PYLOCK, ".lock": Format.UV_LOCK}
"""Whose parser says what is wrong with a file that is no TOML, though its name says so."""
_LOCKLIKE = (".toml", ".lock", ".txt", ".in")


def is_lock(name: str) -> bool:
    """Whether a name stands for a lock; else for an image, a root directory or a saved report.

    Raises:
        InputError: there is no such lock, or the file cannot be looked at.
    """
    if name == STANDARD_INPUT:
        return False
    path = Path(name)
    try:
        if path.is_fifo():
            return True
        if path.is_file():
            return _is_lock_file(path)
        if path.exists():
            return False
    except (OSError, ValueError) as error:
        raise InputError(
            f"{name}: {getattr(error, 'strerror', None) or error}", "correct the path"
        ) from error
    if ":" not in name and (manifest_format(name) is not None or path.suffix in _LOCKLIKE):
        raise InputError(f"{name}: there is no such file", "name a lock, or an image such as NAME:TAG")
    return False


def _is_lock_file(path: Path) -> bool:
    if manifest_format(str(path)) is not None:
        return True
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if begins_archive(head):
        return False
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return b'"_meta"' in head or b'"default"' in head
    return b"\0" not in head


def begins_archive(head: bytes) -> bool:
    """Whether the first `HEAD_BYTES` of a file are those of a tar archive, or of something compressed."""
    return head.startswith(_PACKED) or head[_TAR_MARK[0] :].startswith(_TAR_MARK[1])


def lock_format(files: InputFiles, name: str) -> Format | None:
    """The format of a lock by its content, where its name does not tell it; None where that does not, either.

    A lock that was saved under another name, such as one of another commit, is compared as well.

    Raises:
        OSError: it cannot be read.
    """
    if manifest_format(name) is not None:
        return None
    content = files.read(name)
    text = content.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return Format.PIPFILE_LOCK
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _BY_SUFFIX.get(Path(name).suffix, Format.REQUIREMENTS)
    return _of_toml(document)


class _Metadata(msgspec.Struct):
    lock_version: object = msgspec.field(default=None, name="lock-version")
    content_hash: object = msgspec.field(default=None, name="content-hash")
    pdm_version: object = msgspec.field(default=None, name="lock_version")


def _of_toml(document: dict[str, object]) -> Format | None:
    """Source: PEP 751; of uv, poetry and pdm what the tools write."""
    if "lock-version" in document and "packages" in document:
        return Format.PYLOCK
    try:
        metadata = msgspec.convert(document.get("metadata", {}), _Metadata)
    except msgspec.ValidationError:
        return None
    if metadata.pdm_version is not None:
        return Format.PDM_LOCK
    if metadata.lock_version is not None or metadata.content_hash is not None:
        return Format.POETRY_LOCK
    if "package" in document or "requires-python" in document:
        return Format.UV_LOCK
    return Format.REQUIREMENTS if not document else None
