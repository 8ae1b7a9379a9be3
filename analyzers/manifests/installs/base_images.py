"""The image that the last stage of a Dockerfile or Containerfile is built on, as far as its text tells.

Source: https://docs.docker.com/reference/dockerfile/ (FROM, ARG, multi-stage builds)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.documents.decoding import decoded_utf8
from analyzers.manifests.installs.containerfile import instructions

_LIMIT_BYTES = 1 << 20
_MOST_STAGES = 1000
_LONGEST = 1000
_MOST_SHOWN = 80
_FROM = re.compile(
    r"\s*FROM\s+(?:--platform=(?P<platform>\S+)\s+)?(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(r"\s*ARG\s+(?P<name>[A-Za-z_]\w*)=(?P<value>\S*)\s*", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\}|(?P<bare>[A-Za-z_]\w*))")
_EMPTY = "scratch"


class BaseImage(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage is built on.

    Attributes:
        reference: as written, arguments put in; None where it cannot be told.
        platform: such as ``linux/arm64``, where ``FROM`` states it.
        reason: why there is no reference; empty where there is one.
    """

    location: Location
    reference: str | None = None
    platform: str | None = None
    reason: str = ""


class _Stage(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    image: str
    platform: str | None
    name: str | None


def base_image(data: bytes, path: str) -> BaseImage | None:
    """The image below the last stage; stages that are built on earlier ones are followed. None without one.

    Raises:
        ManifestError: it cannot be decoded.
    """
    stages = list(_stages(decoded_utf8(data, path, _LIMIT_BYTES)))
    if not stages:
        return None
    last = stages.pop()
    platform = last.platform
    while (below := _stage_named(last.image, stages)) is not None:
        last, stages = stages[below], stages[:below]
        platform = platform or last.platform
    place = Location(path=path, line=last.line)
    stated = None if platform is None or "$" in platform else platform
    if "$" in last.image:
        return BaseImage(location=place, reason=f"{last.image[:_MOST_SHOWN]} has no value for its argument")
    if last.image.lower() == _EMPTY:
        return BaseImage(location=place, reason="it is built on nothing (scratch)")
    return BaseImage(location=place, reference=last.image, platform=stated)


def _stages(text: str) -> Iterator[_Stage]:
    values: dict[str, str] = {}
    seen = 0
    for line, instruction in instructions(text):
        if seen == 0 and (argument := _ARGUMENT.fullmatch(instruction[:_LONGEST])):
            values[argument["name"]] = _with_values(argument["value"].strip("\"'"), values)
        elif found := _FROM.fullmatch(instruction[:_LONGEST]):
            seen += 1
            if seen > _MOST_STAGES:
                return
            name = found["name"]
            platform = found["platform"]
            yield _Stage(
                line=line,
                image=_with_values(found["image"].strip("\"'"), values),
                platform=None if platform is None else _with_values(platform, values),
                name=None if name is None else name.lower(),
            )


def _with_values(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        known = values.get(found["braced"] or found["bare"])
        return known or found["default"] or found[0]

    return _VARIABLE.sub(value, text)[:_LONGEST]


def _stage_named(image: str, stages: list[_Stage]) -> int | None:
    """The nearest earlier stage of that name."""
    return next((at for at in reversed(range(len(stages))) if stages[at].name == image.lower()), None)
