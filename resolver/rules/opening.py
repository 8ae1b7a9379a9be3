"""Which rules take part in a run, by the words of the user: directories, switches, units that are rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from knowledge.indexes.filenames import normalized
from resolver.errors import InputError
from resolver.rules.compiled import CompiledRules
from resolver.rules.sources import SHIPPED, SHIPPED_NAME, load
from resolver.units.settings import UnitSettings

KEY = "rules"


def kept_in(environ: Mapping[str, str], home: Path) -> Path:
    """Where compiled rules are kept: below the user's cache directory."""
    cache = environ.get("XDG_CACHE_HOME", "")
    base = Path(cache) if cache and Path(cache).is_absolute() else home / ".cache"
    return base / "stackwright" / "rules"


def rule_folders(options: Sequence[Path], project: Mapping[str, object], where: str) -> list[Path]:
    """The directories that options and the project name, in the order in which they count.

    Raises:
        InputError: the project's entry is no list of directories.
    """
    stated = project.get(KEY, [])
    if isinstance(stated, str):
        stated = [stated]
    if not isinstance(stated, list) or not all(isinstance(each, str) for each in stated):
        raise InputError(f"{where}: {KEY} is no list of directories", f'write: {KEY} = ["rules"]')
    return [*options, *map(Path, stated)]


def opened(folders: Iterable[Path], kept: Path | None, *, shipped: bool = True) -> tuple[CompiledRules, ...]:
    """The rules of directories, and those that ship, which count last.

    Raises:
        RuleError: a rule or a file cannot be used.
    """
    found = [load(folder, kept) for folder in dict.fromkeys(folders)]
    if shipped:
        found.append(load(SHIPPED, kept, SHIPPED_NAME))
    return tuple(found)


def known(name: str, sources: Iterable[CompiledRules]) -> bool:
    """Whether there is a rule of a name."""
    return any(source.place(name) is not None for source in sources)


def switched(
    sources: Sequence[CompiledRules], settings: UnitSettings, off: Iterable[str]
) -> tuple[dict[str, bool], UnitSettings]:
    """Which rules are switched on or off, and the settings of what are units and no rules.

    Args:
        sources: of rules.
        settings: of units; a rule is told by its name like a unit.
        off: names of rules that options switch off.

    Raises:
        InputError: there is no such rule, or it has no such setting.
    """
    switches: dict[str, bool] = {}
    rules = {name for name in settings.places if known(name, sources)}
    for name in sorted(rules):
        place = settings.places[name]
        if name in settings.parameters:
            parameter = next(iter(settings.parameters[name].values()))
            raise InputError(f"{parameter.place}: {name} is a rule, and rules have no parameters")
        if name in settings.order:
            raise InputError(f"{place}: {name} is a rule, and rules have the order of their files")
        if name in settings.weights and not _scores(name, sources):
            raise InputError(f"{place}: only a rule that scores has a weight, and {name} does not")
        if name in settings.enabled:
            switches[name] = settings.enabled[name]
    for stated in off:
        name = normalized(stated)
        if not known(name, sources):
            raise InputError(f"--no-rule {stated}: there is no rule of this name", _near(name, sources))
        switches[name] = False
    return switches, _without(settings, rules)


def _scores(name: str, sources: Iterable[CompiledRules]) -> bool:
    found = ((source, source.place(name)) for source in sources)
    source, place = next((source, place) for source, place in found if place is not None)
    return source.rule(place).rule.do.score is not None


def _without(settings: UnitSettings, rules: set[str]) -> UnitSettings:
    if not rules:
        return settings
    return msgspec.structs.replace(
        settings,
        enabled={name: on for name, on in settings.enabled.items() if name not in rules},
        weights={name: weight for name, weight in settings.weights.items() if name not in rules},
        places={name: place for name, place in settings.places.items() if name not in rules},
    )


def _near(name: str, sources: Iterable[CompiledRules]) -> str:
    import difflib

    every = sorted({one for source in sources for one in source.names()})
    near = difflib.get_close_matches(name, every, n=3, cutoff=0.6)
    return f"did you mean: {', '.join(near)}" if near else "stackwright units list names all of them"
