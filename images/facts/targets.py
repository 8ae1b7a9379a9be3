"""The target of a run: what is known of a machine or image, as the user's own words change it."""

from __future__ import annotations

from images.facts.environment import RuntimeEnvironment
from images.facts.platforms import platform_target
from images.facts.pythons import python_target

_OF_INTERPRETER = ("headers.python", "build.extensions")
"""Facts of other names that are about one interpreter."""


def target_environment(
    base: RuntimeEnvironment, *, python_version: str | None = None, platform: str | None = None
) -> RuntimeEnvironment:
    """The facts of `base`, with an interpreter or a platform replaced by the one the user names.

    Another interpreter replaces every ``python.`` fact and leaves none about headers, another platform every
    other one: the memory or the kernel of this machine says nothing about a machine of which no more than the
    platform is named.

    Raises:
        UnknownPythonError: `python_version` cannot be understood.
        UnknownPlatformError: `platform` cannot be understood.
    """
    interpreter = {name: fact for name, fact in base.facts.items() if name.startswith("python.")}
    machine = {name: fact for name, fact in base.facts.items() if name not in interpreter}
    if python_version is not None:
        machine = {name: fact for name, fact in machine.items() if name not in _OF_INTERPRETER}
        interpreter = python_target(python_version, "--python-version").facts
    if platform is not None:
        machine = platform_target(platform, "--platform").facts
    return RuntimeEnvironment(facts={**machine, **interpreter})
