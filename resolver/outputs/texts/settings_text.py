"""The table ``[tool.stackwright]`` with every setting as a comment, made of the records of the settings."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from knowledge.settings import SETTINGS, Setting
from resolver.pipeline import Pipeline
from resolver.units.assembly import parameters
from resolver.units.kinds import by_kind

_WIDTH = 78
_UNITS = "units"
HEADER = "[tool.stackwright]"
MARK = "# "
"""Before what explains; a setting that is commented out has a ``#`` alone before it."""


def settings_text(units: Pipeline, settings: Mapping[str, Setting] = SETTINGS) -> str:
    """The lines of a new table.

    Args:
        units: those that ship, whose parameters are shown as they are.
        settings: by name, what is no table first.
    """
    return "".join(f"{line}\n" for line in _lines(units, settings))


def _lines(units: Pipeline, settings: Mapping[str, Setting]) -> Iterator[str]:
    yield HEADER
    yield f"{MARK}Settings of stackwright; see: stackwright advise --help. What begins with #[ or #name is an"
    yield f"{MARK}example or a default: remove the # to let it count."
    for name, setting in settings.items():
        yield ""
        yield from _explained(f"{name}: {setting.meaning}.")
        yield from _commented(setting.example)
        if name == _UNITS:
            yield from _of_units(units)


def _explained(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - len(MARK), break_on_hyphens=False, break_long_words=False):
        yield f"{MARK}{line}"


def _commented(toml: str) -> Iterator[str]:
    for line in toml.splitlines():
        yield f"#{line}" if line else ""


def _of_units(units: Pipeline) -> Iterator[str]:
    """Every unit that has parameters, with their defaults."""
    for _, found in by_kind(units):
        for unit in found:
            known = {name: _plain(value) for name, value in parameters(unit).items() if value is not None}
            if known:
                yield ""
                yield f"#[tool.stackwright.{_UNITS}.{unit.name}]"
                yield from (f"#{name} = {value}" for name, value in known.items())


def _plain(value: object) -> str:
    """A value as TOML writes it, on one line."""
    import tomli_w

    if isinstance(value, set | frozenset):
        value = sorted(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_plain, value))}]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").strip()
