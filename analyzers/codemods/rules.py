"""What a rule says: which symbol moved, since which releases, and what to write instead."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzers.evidence import Confidence

PYTHON = "python"
"""The name under which rules and users mean the interpreter and its standard library."""


class KeywordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to one keyword argument of a call.

    Attributes:
        old: the keyword as it was; None adds `new`.
        value: only where the argument is written so.
        new: the keyword as it is now; None removes `old`.
        new_value: source of the argument; None keeps what is there.
        unless_positional: nothing is added to calls with at least so many positional arguments.
    """

    old: str | None = None
    value: str | None = None
    new: str | None = None
    new_value: str | None = None
    unless_positional: int | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One move; symbols are written ``module:name``, modules without a colon.

    A rule with `advice` and nothing to write instead only detects.

    Attributes:
        since: the distribution, or ``python``, and the releases that demand the move.
        link: where that can be read.
        confidence: ``certain`` where the new code does the same, ``likely`` where it does in ordinary use;
            what is ``possible`` is told and not written.
        old: the symbol, or everything below it.
        new: what stands for it now.
        classes: of these and of classes of the file that derive from them, `method` moved.
        new_method: the method's new name.
        parameters: names of positional parameters, for `keyword_only_from` and `template`.
        keyword_only_from: positional arguments from this index on become keyword arguments.
        template: source of what replaces a call: ``{new}`` is the new symbol, ``{self}`` the receiver of a
            method, any other name in braces an argument.
        advice: what a person should do.
        needs: distribution that the new symbol comes from, where it is another one.
        names: makes a rule of each name, which stands for ``{name}`` in the other fields.
        before: an example.
        after: what becomes of it; None where nothing does.
    """

    id: str
    since: str
    link: str
    confidence: Confidence = Confidence.CERTAIN
    old: str | None = None
    new: str | None = None
    classes: tuple[str, ...] = ()
    method: str | None = None
    new_method: str | None = None
    parameters: tuple[str, ...] = ()
    keyword_only_from: int | None = None
    keywords: tuple[KeywordChange, ...] = ()
    template: str | None = None
    advice: str | None = None
    needs: str | None = None
    names: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None

    @property
    def changes_calls(self) -> bool:
        """Whether only calls can be rewritten, not other uses of the symbol."""
        return bool(self.template or self.keywords or self.keyword_only_from is not None)

    @property
    def only_tells(self) -> bool:
        """Whether nothing is written."""
        writes = self.new or self.new_method or self.changes_calls
        return self.confidence is Confidence.POSSIBLE or not writes or self._keywords_only_tell

    @property
    def _keywords_only_tell(self) -> bool:
        return bool(self.advice and self.keywords) and not any(
            change.new or change.new_value for change in self.keywords
        )

    @property
    def requirement(self) -> Requirement:
        """`since`, parsed."""
        return Requirement(self.since)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The dotted names by which code gets at what moved."""
        return tuple(map(dotted, (self.old,) if self.old else self.classes))


class Maker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A function whose result is an instance of a class.

    Attributes:
        call: the function.
        returns: the class.
        unless: keywords with which it may return something else.
    """

    call: str
    returns: str
    unless: tuple[str, ...] = ()


class RuleSet:
    """Rules by what they look for."""

    def __init__(self, rules: Iterable[Rule], makers: Iterable[Maker] = ()) -> None:
        self.rules, self.makers = tuple(rules), tuple(makers)
        self.by_symbol: dict[str, list[Rule]] = {}
        self.by_method: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if rule.old is not None:
                self.by_symbol.setdefault(dotted(rule.old), []).append(rule)
            elif rule.method is not None:
                self.by_method.setdefault(rule.method, []).append(rule)
        self.makers_by_call = {dotted(maker.call): maker for maker in self.makers}
        self.classes = frozenset(dotted(name) for rule in self.rules for name in rule.classes)

    def __bool__(self) -> bool:
        return bool(self.rules)

    def renames_below(self, symbol: str) -> Rule | None:
        """The rule that moves a symbol, or the nearest of what it lies below."""
        parts = symbol.split(".")
        for length in range(len(parts), 0, -1):
            for rule in self.by_symbol.get(".".join(parts[:length]), ()):
                if rule.new is not None and not rule.changes_calls:
                    return rule
        return None

    @functools.cached_property
    def _needles(self) -> dict[bytes, list[tuple[bytes, Rule]]]:
        found: dict[bytes, list[tuple[bytes, Rule]]] = {}
        for rule in self.rules:
            for symbol in rule.symbols:
                root, last = symbol.partition(".")[0], symbol.rpartition(".")[2]
                found.setdefault(root.encode(), []).append(((rule.method or last).encode(), rule))
        return found

    def for_file(self, data: bytes) -> RuleSet:
        """Those of which the bytes of a file hold the words; libcst need not see a file with none."""
        rules: dict[Rule, None] = {}
        for root, needles in self._needles.items():
            if root not in data:
                continue
            near = [(needle, rule) for needle, rule in needles if needle in data]
            if near and re.search(rb"\b%b\b" % root, data):
                pattern = rb"\bfrom[\s\\]+(%b(?:[\s\\]*\.[\s\\]*\w+)*)[\s\\]+import\b" % root
                taken = {re.sub(rb"[\s\\]", b"", module) for module in re.findall(pattern, data)}
                rules |= {rule: None for needle, rule in near if _is_named(needle, rule, data, taken)}
        return RuleSet(rules, self.makers)

    def demanded_by(self, requirements: Iterable[Requirement]) -> RuleSet:
        """Those that a release which one of the requirements admits demands."""
        wanted = tuple(requirements)
        rules = [rule for rule in self.rules if any(_demands(one, rule.requirement) for one in wanted)]
        return RuleSet(rules, self.makers)


def dotted(symbol: str) -> str:
    """A symbol without the colon between module and name."""
    return symbol.replace(":", ".")


def _is_named(needle: bytes, rule: Rule, data: bytes, taken: set[bytes]) -> bool:
    """Whether a word stands where it can mean what a rule is about.

    Args:
        needle: the last name of the symbol, or the method.
        rule: that is about it.
        data: the file.
        taken: the modules of which the file imports names.
    """
    after_dot = re.search(rb"\.[\s\\]*%b\b" % needle, data)
    if after_dot is not None or rule.method is not None:
        return after_dot is not None
    (symbol,) = (name.encode() for name in rule.symbols)
    leads_there = symbol == needle or any(symbol.startswith(module + b".") for module in taken)
    return leads_there and re.search(rb"\b%b\b" % needle, data) is not None


def _demands(wanted: Requirement, since: Requirement) -> bool:
    """Whether both admit some release.

    It is enough to look at the versions that the specifiers name, and just beside them.
    """
    if canonicalize_name(wanted.name) != canonicalize_name(since.name):
        return False
    both = wanted.specifier & since.specifier
    named = [specifier.version.removesuffix(".*") for specifier in both]
    near = [version for text in named for version in (text, f"{text}.0.1", f"{text}.99999")]
    return any(both.contains(version, prereleases=True) for version in (*near, "99999"))
