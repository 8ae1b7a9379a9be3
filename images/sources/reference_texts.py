"""References to images as users type them, told apart: `parse_reference`.

What exists as a file or directory is told by what it holds; anything else is the name of an image, looked for
in Docker's daemon, then podman's, then its registry. A prefix forces one of them.
"""

from __future__ import annotations

import enum
import os
import stat
from pathlib import Path

import msgspec

from images.errors import ImageReferenceError
from images.sources.image_names import parse_image_name
from images.sources.layouts import INDEX_NAME, MARK_NAME

STREAM = "-"


class ReferenceKind(enum.Enum):
    """Where an image is; the values are those of `images.sources.source.Image.source`."""

    ARCHIVE = "archive"
    DOCKER_ARCHIVE = "docker-archive"
    OCI_ARCHIVE = "oci-archive"
    OCI_LAYOUT = "oci-layout"
    DIRECTORY = "directory"
    HOST = "host"
    DOCKER = "docker"
    PODMAN = "podman"
    REGISTRY = "registry"
    ANYWHERE = "anywhere"


class ImageReference(msgspec.Struct, frozen=True, kw_only=True):
    """What a reference means.

    Attributes:
        text: as the user wrote it.
        path: of a file or directory; ``-`` is standard input.
        name: of the image: whole, or as it is named in the file or layout; None where it is the only one.
    """

    text: str
    kind: ReferenceKind
    path: Path | None = None
    name: str | None = None


_PREFIXES = (
    ("docker-archive:", ReferenceKind.DOCKER_ARCHIVE),
    ("docker-daemon:", ReferenceKind.DOCKER),
    ("docker://", ReferenceKind.REGISTRY),
    ("docker:", ReferenceKind.DOCKER),
    ("podman:", ReferenceKind.PODMAN),
    ("registry:", ReferenceKind.REGISTRY),
    ("oci-archive:", ReferenceKind.OCI_ARCHIVE),
    ("oci-dir:", ReferenceKind.OCI_LAYOUT),
    ("oci:", ReferenceKind.OCI_LAYOUT),
    ("dir:", ReferenceKind.DIRECTORY),
)
_FILE_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.bz2", ".tar.xz")
_ROOT_MARKS = ("usr", "etc/passwd", "etc/os-release", "etc/alpine-release")
_ROOT_KINDS = (ReferenceKind.DIRECTORY, ReferenceKind.HOST)


def parse_reference(text: str) -> ImageReference:
    """What a reference means; files are looked at, but only at which they are.

    Raises:
        ImageReferenceError: it cannot be understood, or the file it names does not exist.
    """
    if not text or "\0" in text:
        raise ImageReferenceError(repr(text), "is no reference to an image", "write for example python:3.11")
    if text == "host":
        return ImageReference(text=text, kind=ReferenceKind.HOST)
    if text == STREAM:
        return ImageReference(text=text, kind=ReferenceKind.ARCHIVE, path=Path(STREAM))
    for prefix, kind in _PREFIXES:
        if text.startswith(prefix) and not Path(text).exists():
            return _forced(text, kind, text.removeprefix(prefix))
    return _existing(text) or _named_within(text) or _named(text)


def is_layout(directory: Path) -> bool:
    """Whether a directory is an OCI layout."""
    if not (directory / INDEX_NAME).is_file():
        return False
    return (directory / MARK_NAME).is_file() or (directory / "blobs").is_dir()


def _forced(text: str, kind: ReferenceKind, rest: str) -> ImageReference:
    match kind:
        case ReferenceKind.DOCKER | ReferenceKind.PODMAN:
            if not rest:
                raise ImageReferenceError(text, "names no image", f"write for example {text}python:3.11")
            return ImageReference(text=text, kind=kind, name=rest)
        case ReferenceKind.REGISTRY:
            return ImageReference(text=text, kind=kind, name=str(parse_image_name(rest.removeprefix("//"))))
        case ReferenceKind.DIRECTORY:
            path = Path(rest)
            if not path.is_dir():
                raise ImageReferenceError(text, _absence(path, "directory"))
            return ImageReference(text=text, kind=kind, path=path)
        case _:
            return _file(text, kind, rest)


def _file(text: str, kind: ReferenceKind, rest: str) -> ImageReference:
    """A path, and after a colon a name; the path is the shortest that exists, for names hold colons too."""
    if rest == STREAM or rest.startswith(f"{STREAM}:"):
        return ImageReference(text=text, kind=kind, path=Path(STREAM), name=rest[2:] or None)
    words = rest.split(":")
    candidates = [rest, *(":".join(words[:count]) for count in range(1, len(words)))]
    path = next((candidate for candidate in candidates if candidate and os.path.lexists(candidate)), None)
    wants_directory = kind is ReferenceKind.OCI_LAYOUT
    if path is None:
        raise ImageReferenceError(
            text, _absence(Path(candidates[-1]), "directory" if wants_directory else "file")
        )
    if Path(path).is_dir() != wants_directory:
        remedy = "oci-archive:" if wants_directory else "oci:"
        raise ImageReferenceError(
            text,
            f"{path} is {'no' if wants_directory else 'a'} directory",
            f"write {remedy}{path}",
        )
    return ImageReference(text=text, kind=kind, path=Path(path), name=rest[len(path) + 1 :] or None)


def _existing(text: str) -> ImageReference | None:
    """What exists under this name; None for nothing, and for a directory that happens to be named so."""
    path = Path(text).expanduser() if text.startswith("~/") else Path(text)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        if _looks_like_path(text):
            raise ImageReferenceError(text, error.strerror or "cannot be looked at") from error
        return None
    if not stat.S_ISDIR(mode):
        return ImageReference(text=text, kind=ReferenceKind.ARCHIVE, path=path)
    if is_layout(path):
        return ImageReference(text=text, kind=ReferenceKind.OCI_LAYOUT, path=path)
    if _looks_like_path(text) or any(os.path.lexists(path / mark) for mark in _ROOT_MARKS):
        return ImageReference(text=text, kind=ReferenceKind.DIRECTORY, path=path)
    return None


def _named_within(text: str) -> ImageReference | None:
    """An archive or layout that is written as a path, and after a colon the name of an image in it."""
    words = text.split(":")
    for path in (":".join(words[:count]) for count in range(1, len(words))):
        if _looks_like_path(path) or path.endswith(_FILE_ENDINGS):
            found = _existing(path)
            if found is not None and found.kind not in _ROOT_KINDS:
                name = text[len(path) + 1 :] or None
                return ImageReference(text=text, kind=found.kind, path=found.path, name=name)
    return None


def _named(text: str) -> ImageReference:
    """The name of an image; what looks like a file that should exist is told apart."""
    if text.startswith(("/", "./", "../", "~")) or text.endswith(_FILE_ENDINGS):
        remedy = (
            None if text.startswith(("/", ".", "~")) else f"if it is an image's name, write docker:{text}"
        )
        raise ImageReferenceError(text, "no such file or directory", remedy)
    return ImageReference(text=text, kind=ReferenceKind.ANYWHERE, name=str(parse_image_name(text)))


def _looks_like_path(text: str) -> bool:
    return text in (".", "..") or text.startswith(("/", "./", "../", "~/")) or text.endswith("/")


def _absence(path: Path, kind: str) -> str:
    return f"{path} is no {kind}" if os.path.lexists(path) else f"no such {kind}: {path}"
