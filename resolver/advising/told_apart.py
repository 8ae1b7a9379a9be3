"""Facts by which two environments are told apart, as far as wheels, markers or conditions depend on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from analyzers.evidence import Evidence
from images.errors import TargetError
from images.facts.environment import RuntimeEnvironment
from images.facts.tags import supported_tags

_OF_MARKERS = {
    "platform_machine": "arch",
    "sys_platform": "os.kernel",
    "platform_system": "os.kernel",
    "os_name": "os.kernel",
    "platform_release": "os.kernel.release",
    "platform_version": "os.kernel.version",
    "python_version": "python.version",
    "python_full_version": "python.version",
    "implementation_name": "python.implementation",
    "implementation_version": "python.implementation.version",
    "platform_python_implementation": "python.implementation",
}
_WORD = re.compile(r"[a-z_]+")
_OF_TAGS = (
    ("libc.name", "libc.version"),
    ("arch",),
    ("python.version", "python.implementation", "python.abi", "python.gil"),
    ("os.kernel", "os.version"),
)
"""What the tags of a target follow from, in groups of which one can be taken from another target."""


def differing_facts(
    names: Iterable[str], here: RuntimeEnvironment, there: RuntimeEnvironment
) -> tuple[str, ...]:
    """Those of some facts that are not the same in two environments."""
    return tuple(name for name in dict.fromkeys(names) if _value(name, here) != _value(name, there))


def facts_of_marker(marker: str) -> Iterator[str]:
    """The facts that the variables of a marker are made of."""
    for word in _WORD.findall(marker):
        if word in _OF_MARKERS:
            yield _OF_MARKERS[word]


def facts_of_wheel(filename: str, here: RuntimeEnvironment, there: RuntimeEnvironment) -> tuple[str, ...]:
    """By which facts a wheel fits there and not here: the fewest that would let it fit, were they theirs."""
    tags = "-".join(filename.removesuffix(".whl").rsplit("-", 3)[1:])
    differing = [differing_facts(group, here, there) for group in _OF_TAGS]
    for names in (*differing, tuple(name for group in differing for name in group)):
        if names and _fits(tags, _exchanged(names, here, there)):
            return names
    return ()


def said(names: Sequence[str], environment: RuntimeEnvironment) -> tuple[Evidence, ...]:
    """What an environment says of some facts."""
    return tuple(_said(name, environment) for name in names)


def _said(name: str, environment: RuntimeEnvironment) -> Evidence:
    fact = environment.facts.get(name)
    if fact is None:
        return Evidence(what=f"{name} is not known", where="facts of the target")
    value = ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    return Evidence(what=f"{name} is {value[:80]}", where=fact.source, confidence=fact.confidence)


def _value(name: str, environment: RuntimeEnvironment) -> object:
    fact = environment.facts.get(name)
    return None if fact is None else fact.value


def _exchanged(
    names: Sequence[str], here: RuntimeEnvironment, there: RuntimeEnvironment
) -> RuntimeEnvironment:
    facts = {name: fact for name, fact in here.facts.items() if name not in names}
    return RuntimeEnvironment(
        facts={**facts, **{name: there.facts[name] for name in names if name in there.facts}}
    )


def _fits(tags: str, environment: RuntimeEnvironment) -> bool:
    try:
        return supported_tags(environment).rank(tags) is not None
    except TargetError:
        return False
