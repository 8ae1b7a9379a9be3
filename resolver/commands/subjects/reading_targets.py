"""For which Python and platform the modules of a release are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.api.conditions import Target as ReadingTarget

if TYPE_CHECKING:
    from resolver.targets.target import Target

_PLATFORMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}


def reading_target(target: Target) -> ReadingTarget:
    """What decides tests of version and platform in code."""
    python, facts = target.python, target.environment.facts
    if "os.family" in facts:
        platform = _PLATFORMS.get(str(facts["os.family"].value))
    else:
        platform = target.markers.get("sys_platform")
    return ReadingTarget(python=(python.major, python.minor), platform=platform)
