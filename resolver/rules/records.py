"""What a rule is: when it fires, what it does, why, by which evidence, and examples of both.

In a list the items are alternatives; a table's entries must all hold. Nothing is a pattern but a name in
`Match.project` that ends in ``*``: what a rule puts into a stack is always named in full.
"""

from __future__ import annotations

import enum

import msgspec

from analyzers.evidence import Level

EVERY = "*"
"""Stands at the end of a name in `Match.project` for whatever follows."""


class RuleKind(enum.StrEnum):
    """The kind of unit that applies a rule; it follows from what the rule does."""

    BOOT = "boot"
    PSEUDONYM = "pseudonym"
    SIEVE = "sieve"
    STEP = "step"
    STRIDE = "stride"
    WRAP = "wrap"


class Artifact(enum.StrEnum):
    """What the target would install of a release.

    NATIVE_SDIST is a source distribution of a release that has wheels for other platforms, each of them for
    one: it has something to compile.
    """

    WHEEL = "wheel"
    SDIST = "sdist"
    NATIVE_SDIST = "native-sdist"


class FactTest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A condition on a fact that a text or a list does not say.

    Attributes:
        all: each of these must be among the values of the fact, such as flags of a processor.
        lacks: one of these at least is not among them.
        any: one of these must fit, as in a list.
        none: none of these may fit.
    """

    all: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


FactCondition = str | tuple[str, ...] | FactTest
"""A value, a comparison of versions or numbers such as ``<12.8``, a list of them, or a test."""


class Match(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must hold for a rule to fire; what is not known does not hold.

    Attributes:
        project: names; one that ends in ``*`` stands for all that begin so.
        specifier: which of their releases are meant.
        index: a part of the address of the index that lists them; of several, any.
        other_index: a part that the address does not have; of several, none.
        artifact: what the target would install of them.
        direct: whether the user asks for them.
        facts: names of facts of the target to what must hold of them.
        installed: projects that the image ships, with specifiers; ``none`` for one that it does not ship.
        system: packages of the image's system, likewise.
        symbols: what the code uses; ``name.*`` stands for all below it; of several, any.
        topics: labels of the code; of several, any.
        stack: other projects in the stack, with specifiers; ``none`` for one that is not there.
        type: types of recommendation; of several, any.
    """

    project: str | tuple[str, ...] = ()
    specifier: str = ""
    index: str | tuple[str, ...] = ()
    other_index: str | tuple[str, ...] = ()
    artifact: Artifact | None = None
    direct: bool | None = None
    facts: dict[str, FactCondition] = {}
    installed: dict[str, str] = {}
    system: dict[str, str] = {}
    symbols: str | tuple[str, ...] = ()
    topics: str | tuple[str, ...] = ()
    stack: dict[str, str] = {}
    type: str | tuple[str, ...] = ()

    @property
    def projects(self) -> tuple[str, ...]:
        """The names as a list."""
        return as_list(self.project)


class Replacement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A project that stands in for the one that is matched.

    Attributes:
        by: its name.
        specifier: which of its releases can.
        same_versions: whether only the versions that are asked for can.
        preferred: whether it is taken where both could serve; else only where the original cannot.
    """

    by: str
    specifier: str = ""
    same_versions: bool = True
    preferred: bool = True


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A change that is advised to a file that is no lockfile.

    Attributes:
        file: such as ``Dockerfile``.
        change: what to write there.
    """

    file: str
    change: str


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a rule does: exactly one of these.

    Attributes:
        refuse: the releases may not be used; with `Match.stack`, not beside those.
        score: what they lose, from -1 to 0.
        skip: the dependency on the project is left out.
        add: a requirement that they have besides those of their metadata.
        extra: extras of theirs that are asked for.
        replace: another project stands in.
        index: an index to take them from: its name in `knowledge.indexes.vendor_indexes`, or its address. On what is
            certain it is asked; else it is told. Who names a project assigns it: all that must come from one
            build belongs into `Match.project`.
        conflict: no two of the projects may be in one stack (true), or should be (false).
        environment: variables to set; ``{cores}`` stands for the fact of that name.
        manifest: a change to another file.
        message: how much a reader should care; without a project, an error refuses the run.
    """

    refuse: bool | None = None
    score: float | None = None
    skip: bool | None = None
    add: str | None = None
    extra: str | tuple[str, ...] | None = None
    replace: Replacement | None = None
    index: str | None = None
    conflict: bool | None = None
    environment: dict[str, str] | None = None
    manifest: Change | None = None
    message: Level | None = None

    @property
    def stated(self) -> list[str]:
        """The names of what is stated."""
        return [name for name in self.__struct_fields__ if getattr(self, name) is not None]


class Example(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A situation in which a rule must fire, or must not.

    Attributes:
        fires: which of both.
        project: the one that is looked at, where the rule is about some.
        version: of the release.
        index: see `Match.index`.
        artifact: likewise, as are the others.
        facts: values; a comma separates several.
    """

    fires: bool
    project: str | None = None
    version: str = "1"
    index: str | None = None
    artifact: Artifact | None = None
    direct: bool = True
    facts: dict[str, str | tuple[str, ...]] = {}
    installed: dict[str, str] = {}
    system: dict[str, str] = {}
    symbols: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    stack: dict[str, str] = {}
    type: str = "stable"


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule.

    Attributes:
        name: lower case, words joined by hyphens; unique among all rules of a run.
        match: of several, any.
        because: the reason, in a sentence that can follow the name of a project.
        link: where to read about it.
        checked: the day on which that was done, such as 2026-01-31.
        enabled: false for a rule that the user must switch on.
        examples: at least one of each kind.
    """

    name: str
    match: Match | tuple[Match, ...]
    do: Effect
    because: str
    link: str
    checked: str
    enabled: bool = True
    examples: tuple[Example, ...] = ()

    @property
    def matches(self) -> tuple[Match, ...]:
        """The alternatives."""
        return self.match if isinstance(self.match, tuple) else (self.match,)

    @property
    def projects(self) -> tuple[str, ...]:
        """The names of all alternatives, each once."""
        return tuple(dict.fromkeys(name for match in self.matches for name in match.projects))

    @property
    def kind(self) -> RuleKind:
        """Of the unit that applies it."""
        effect = self.do
        if effect.replace is not None:
            return RuleKind.PSEUDONYM
        if effect.conflict is not None or (effect.refuse and any(match.stack for match in self.matches)):
            return RuleKind.STRIDE
        if effect.refuse or effect.skip:
            return RuleKind.SIEVE
        if effect.score is not None or effect.add is not None or effect.extra is not None:
            return RuleKind.STEP
        if effect.message is not None and not self.projects and not any(m.stack for m in self.matches):
            return RuleKind.BOOT
        return RuleKind.WRAP


class RuleFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of rules."""

    rules: tuple[Rule, ...]


class PlacedRule(msgspec.Struct, frozen=True, array_like=True):
    """A rule and where it stands: a file, and the line."""

    rule: Rule
    where: str


def as_list(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """One text, or several."""
    return (value,) if isinstance(value, str) else value
