"""Which of the platforms that an image is offered for is read.

Source: https://github.com/containerd/platforms (normalisation, and which variants another one runs)
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from images.errors import ImageReferenceError
from images.sources.source import Platform

_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "i386": "386",
    "i686": "386",
    "x86": "386",
    "armhf": "arm",
    "armel": "arm",
    "armv7l": "arm",
    "armv6l": "arm",
    "armv8l": "arm",
    "loongarch64": "loong64",
}
_VARIANTS = {"armel": "v6", "armv6l": "v6"}
_DEFAULT_LEVELS = {"amd64": 1, "arm64": 8, "arm": 7}
_UNSTATED_RANK = 1000
_LEVEL = re.compile(r"v?([0-9]{1,2})(?:\.[0-9]{1,2})?")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_KERNELS = {"linux", "windows", "darwin", "freebsd"}
_T = TypeVar("_T")


def parse_platform(text: str) -> Platform:
    """A platform as the user names it: ``linux/arm64``, ``linux/arm/v7``, ``arm64``, ``x86_64``.

    Raises:
        ImageReferenceError: it is no platform.
    """
    words = text.split("/")
    if len(words) == 1 and words[0].lower() not in _KERNELS:
        words = ["linux", *words]
    if not 2 <= len(words) <= 3 or not all(_WORD.fullmatch(word) for word in words):
        raise ImageReferenceError(
            repr(text[:100]), "is no platform of an image", "write for example: --platform linux/arm64"
        )
    return normalised(Platform(os=words[0], architecture=words[1], variant=words[2] if words[2:] else None))


def host_platform() -> Platform:
    """The platform of images that run here; images for Linux run elsewhere too, in a virtual machine."""
    return normalised(Platform(os="linux", architecture=os.uname().machine))


def normalised(platform: Platform) -> Platform:
    """In the spelling that image indexes use; a variant that is the architecture's default is left out."""
    stated = platform.architecture.lower()
    architecture = _ARCHITECTURES.get(stated, stated)
    variant = (platform.variant or "").lower() or _VARIANTS.get(stated)
    level = _level(variant)
    if level is not None and level == _DEFAULT_LEVELS.get(architecture) and "." not in (variant or ""):
        variant = None
    elif variant is not None and variant.isdigit():
        variant = f"v{variant}"
    return Platform(os=platform.os.lower(), architecture=architecture, variant=variant)


def rank(wanted: Platform, offered: Platform) -> int | None:
    """How well an offer serves, 0 best; None where it does not."""
    want, offer = normalised(wanted), normalised(offered)
    if (want.os, want.architecture) != (offer.os, offer.architecture):
        return None
    if want.variant == offer.variant:
        return 0
    default = _DEFAULT_LEVELS.get(want.architecture)
    levels = [_level(platform.variant) if platform.variant else default for platform in (want, offer)]
    wanted_level, offered_level = levels
    if wanted_level is not None and offered_level is not None and offered_level <= wanted_level:
        return 1 + wanted_level - offered_level
    return _UNSTATED_RANK + (offered_level or 0) if want.variant is None else None


def _level(variant: str | None) -> int | None:
    match = _LEVEL.fullmatch(variant or "")
    return int(match[1]) if match is not None else None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The platform that is asked for.

    Attributes:
        stated: by the user; None where the host's is as good as any other.
    """

    stated: Platform | None
    host: Platform

    def chosen(self, what: str, offers: Sequence[tuple[Platform | None, _T]]) -> _T:
        """The best of the offers; the only one serves where the user asked for none.

        Args:
            offers: a platform that is not known serves only where nothing else is offered.

        Raises:
            ImageReferenceError: none serves, or the user must choose.
        """
        wanted = self.stated or self.host
        ranked = [
            (found, position)
            for position, (platform, _) in enumerate(offers)
            if platform is not None and (found := rank(wanted, platform)) is not None
        ]
        if ranked:
            return offers[min(ranked)[1]][1]
        if len(offers) == 1 and (self.stated is None or offers[0][0] is None):
            return offers[0][1]
        raise self.error(what, [platform for platform, _ in offers])

    def check(self, what: str, platform: Platform | None, progress: Callable[[str], None]) -> None:
        """Whether an image serves that is there for one platform; say so where it is not the expected one.

        Raises:
            ImageReferenceError: the user asked for another platform.
        """
        if platform is None or rank(self.stated or self.host, platform) is not None:
            return
        if self.stated is not None:
            raise self.error(what, [platform])
        progress(f"{what} is there for {platform} only, which is taken")

    def error(self, what: str, offered: Sequence[Platform | None]) -> ImageReferenceError:
        """What to say where no offer serves."""
        names = sorted({str(platform) for platform in offered if platform is not None})
        some = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        return ImageReferenceError(
            what,
            f"is not there for {self.stated or self.host}",
            f"choose by --platform: {some}" if names else None,
        )
