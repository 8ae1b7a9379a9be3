"""Configuration documents of images, read part by part: one that is malformed costs itself alone."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from analyzers.reports import Unknown
from images.errors import DamagedImageError
from images.reports.image_config import ImageConfig, RunConfig
from images.sources.documents import decoded
from images.sources.platform_choice import normalised
from images.sources.source import Platform

_T = TypeVar("_T", ImageConfig, RunConfig)


class ConfigDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that was read.

    Attributes:
        unknowns: parts that are not what the specification says, and were left out.
    """

    config: ImageConfig
    platform: Platform | None
    unknowns: tuple[Unknown, ...] = ()


def parse_config(content: bytes, what: str) -> ConfigDocument:
    """A configuration.

    Raises:
        DamagedImageError: it is no JSON object, or does not say what its layers are.
    """
    unknowns: list[Unknown] = []
    try:
        config = decoded(content, ImageConfig, what)
    except DamagedImageError:
        config = _by_parts(content, ImageConfig, what, unknowns)
    platform = None
    if config.os and config.architecture:
        platform = normalised(
            Platform(os=config.os, architecture=config.architecture, variant=config.variant)
        )
    return ConfigDocument(config=config, platform=platform, unknowns=tuple(unknowns))


def _by_parts(content: bytes, kind: type[_T], what: str, unknowns: list[Unknown]) -> _T:
    raw = decoded(content, dict[str, msgspec.Raw], what)
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        text = raw.get(field.encode_name)
        if text is None:
            continue
        try:
            values[field.name] = decoded(bytes(text), field.type, f"{field.encode_name} of {what}")
        except DamagedImageError as error:
            if field.name == "rootfs":
                raise
            unknowns.append(Unknown(what=field.encode_name, where=what, reason=error.reason))
            if field.name == "config" and bytes(text).startswith(b"{"):
                values[field.name] = _by_parts(bytes(text), RunConfig, what, unknowns)
    return kind(**values)  # type: ignore[arg-type]
