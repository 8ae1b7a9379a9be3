"""What differs between what two releases offer, as records."""

from __future__ import annotations

import enum

import msgspec


class Weight(enum.StrEnum):
    """What a change means for code that uses what it is about.

    `NOTABLE` is what may matter: a default, a name that was hardly meant for others, or what is in doubt,
    such as an absence from a module that makes names as it runs.
    """

    BREAKING = "breaking"
    NOTABLE = "notable"
    NEW = "new"


class ChangeKind(enum.StrEnum):
    """What happened."""

    GONE = "gone"
    PATH_GONE = "path-gone"
    KIND = "kind-changed"
    BASE_GONE = "base-gone"
    PARAMETER_GONE = "parameter-gone"
    PARAMETER_RENAMED = "parameter-renamed"
    PARAMETER_REQUIRED = "parameter-required"
    PARAMETER_KIND = "parameter-kind-changed"
    PARAMETER_MOVED = "parameter-moved"
    DEFAULT = "default-changed"
    RETURN_GONE = "return-annotation-gone"
    VALUE = "value-changed"
    NEW = "new"
    PARAMETER_NEW = "parameter-new"
    BASE_NEW = "base-new"


class UsedAt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, order=True):
    """Where code uses something; `is_guarded` where it does without.

    Attributes:
        where: ``file:line``.
        count: uses in all, this being the first.
    """

    where: str
    count: int = 1
    is_guarded: bool = False


class ApiChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change, told once however many paths lead to it.

    Attributes:
        path: the plainest under which the earlier release, for what is new the later one, has the thing.
        what: kind of thing: a module, a class, …
        told: in words, what `path` does.
        parameter: name, where it is about one.
        position: of the parameter in the earlier release, counted from 0, the object itself not counted.
        before: as the source of the earlier release spells it; `after` likewise.
        defined: place of definition in the earlier release.
        before_at: ``file:line`` in the earlier wheel; `after_at` likewise.
        doubt: why code that uses it may work all the same; None where nothing speaks for that.
        also: further paths that the same thing concerns.
        used: where the code uses it.
    """

    weight: Weight
    kind: ChangeKind
    path: str
    what: str
    told: str
    parameter: str | None = None
    position: int | None = None
    before: str | None = None
    after: str | None = None
    defined: str | None = None
    before_at: str | None = None
    after_at: str | None = None
    doubt: str | None = None
    also: tuple[str, ...] = ()
    used: tuple[UsedAt, ...] = ()
