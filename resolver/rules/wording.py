"""Rules in words: what they wait for, and what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from images.facts.environment import ABSENT
from resolver.rules.conditions import told
from resolver.rules.records import Effect, Match, Rule, as_list


def when(rule: Rule) -> str:
    """What a rule waits for; alternatives joined by "or"."""
    return "; or ".join(", ".join(_conditions(match)) or "always" for match in rule.matches)


def does(rule: Rule) -> str:
    """What a rule does, as a clause without a subject."""
    effect, projects = rule.do, " or ".join(rule.projects)
    (what,) = effect.stated
    match what:
        case "refuse":
            beside = " beside those projects" if any(match.stack for match in rule.matches) else ""
            return f"refuses releases of {projects}{beside}"
        case "score":
            return f"scores releases of {projects} by {effect.score:g}"
        case "skip":
            return f"leaves out dependencies on {projects}"
        case "add":
            return f"adds {effect.add} to what {projects} asks for"
        case "extra":
            return f"asks for the extra {', '.join(as_list(effect.extra or ()))} of {projects}"
        case "replace":
            return _replaces(effect, projects)
        case "index":
            return f"takes {projects} from the index {effect.index}"
        case "conflict":
            kept = "keeps apart" if effect.conflict else "would keep apart"
            return f"{kept} {', '.join(rule.projects)}"
        case "environment":
            stated = " ".join(f"{name}={text}" for name, text in (effect.environment or {}).items())
            return f"advises to set {stated}"
        case "manifest":
            assert effect.manifest is not None
            return f"advises for {effect.manifest.file}: {effect.manifest.change}"
        case _:
            assert effect.message is not None
            return f"says so ({effect.message.value})"


def _replaces(effect: Effect, projects: str) -> str:
    replacement = effect.replace
    assert replacement is not None
    versions = " of the same version" if replacement.same_versions else ""
    which = f"{replacement.by}{replacement.specifier}{versions}"
    return f"takes {which} for {projects}" + ("" if replacement.preferred else ", where that cannot serve")


def _conditions(match: Match) -> Iterator[str]:
    if match.projects:
        yield f"{' or '.join(match.projects)}{match.specifier}"
    if match.direct is not None:
        yield "asked for by the user" if match.direct else "asked for by others alone"
    if match.artifact is not None:
        yield f"to be installed from a {match.artifact.value.replace('-', ' ')}"
    if match.index:
        yield f"from an index with {' or '.join(as_list(match.index))}"
    if match.other_index:
        yield f"from an index without {' or '.join(as_list(match.other_index))}"
    for name, condition in match.facts.items():
        yield f"{name} {told(condition)}"
    yield from _there(match.installed, "in the image")
    yield from _there(match.system, "in the system")
    yield from _there(match.stack, "in the stack")
    if match.symbols:
        yield f"code that uses {' or '.join(as_list(match.symbols))}"
    if match.topics:
        yield f"code about {' or '.join(as_list(match.topics))}"
    if match.type:
        yield f"--type {' or '.join(as_list(match.type))}"


def _there(packages: Mapping[str, str], place: str) -> Iterator[str]:
    for name, specifier in packages.items():
        yield f"no {name} {place}" if specifier == ABSENT else f"{name}{specifier} {place}"
