"""Names of images as users type them, such as ``python:3.11-slim``, made whole: `ImageName`.

Source: https://github.com/distribution/reference (reference.go, normalize.go)
"""

from __future__ import annotations

import re

import msgspec

from images.errors import ImageReferenceError
from images.secrets import addresses_without_secrets
from images.sources.default_registry import DEFAULT_REGISTRY

_LONGEST = 1024
_LONGEST_REPOSITORY = 255
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_REGISTRY = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])(?::[0-9]{{1,5}})?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,128}")


class ImageName(msgspec.Struct, frozen=True, kw_only=True):
    """The whole name of an image.

    Attributes:
        registry: host, and port where one is stated.
        tag: ``latest`` where neither tag nor digest is stated.
    """

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag is not None else ""
        digest = f"@{self.digest}" if self.digest is not None else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"

    @property
    def version(self) -> str:
        """What a registry is asked for: the digest where there is one, else the tag."""
        return self.digest or self.tag or "latest"


def parse_image_name(text: str) -> ImageName:
    """The name in `text`, with the default registry and tag where it states none.

    Raises:
        ImageReferenceError: it is no name of an image.
    """
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise ImageReferenceError(
            repr(text[:100]), "is no name of an image", "write for example: python:3.11"
        )
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        if "://" in text:
            raise ImageReferenceError(
                addresses_without_secrets(text),
                "is no name of an image but an address",
                "write it without http://, https:// and user",
            )
        raise ImageReferenceError(text, f"{digest!r} is no digest", "a digest is sha256: and 64 digits")
    first, slash, after = rest.partition("/")
    is_qualified = bool(slash) and (any(mark in first for mark in ".:[") or first == "localhost")
    registry, path = (first, after) if is_qualified else (DEFAULT_REGISTRY.name, rest)
    if not _REGISTRY.fullmatch(registry):
        remedy = "write it without http:// and https://" if "://" in text else None
        shown = addresses_without_secrets(text)
        raise ImageReferenceError(shown, f"{registry!r} is no name of a registry", remedy)
    repository, colon, tag = path.partition(":")
    typed = repository
    if colon and not _TAG.fullmatch(tag):
        raise ImageReferenceError(text, f"{tag!r} is no tag")
    registry = DEFAULT_REGISTRY.name if registry in DEFAULT_REGISTRY.aliases else registry
    if registry == DEFAULT_REGISTRY.name and "/" not in repository:
        repository = f"{DEFAULT_REGISTRY.library}/{repository}"
    if not _REPOSITORY.fullmatch(repository) or len(repository) > _LONGEST_REPOSITORY:
        error = ImageReferenceError(text, f"{repository!r} is no name of a repository")
        if repository != repository.lower():
            error.add_note(f"names of images are in lower case: {text.replace(typed, typed.lower(), 1)}")
        raise error
    stated = tag or (None if digest else "latest")
    return ImageName(
        registry=registry,
        repository=repository,
        tag=stated,
        digest=digest or None,
    )


def same_image(one: str, other: str) -> bool:
    """Whether two names mean the same image; names that cannot be understood must be equal."""
    try:
        return str(parse_image_name(one)) == str(parse_image_name(other))
    except ImageReferenceError:
        return one == other
