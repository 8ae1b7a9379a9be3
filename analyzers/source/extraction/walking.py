"""One walk over the tree for all that look at its nodes: a walk costs an eighth of the parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.source import security
from analyzers.source.extraction.statements import KINDS
from analyzers.source.module_facts import DeviceMention, Feature, Indicator
from analyzers.source.signals import hardware, syntax

if TYPE_CHECKING:
    from ast_grep_py import Rule, SgNode

_KINDS = ", ".join(KINDS)


class Walk:
    """The nodes of a file that anyone wants, in the order of the text.

    Attributes:
        kinds: those of the nodes, in the same order.
    """

    def __init__(self, root: SgNode, text: str) -> None:
        self._text = text
        rules = syntax.rules(text)
        self._of_syntax = syntax.kinds_of(rules)
        self._of_security = tuple(security.kinds(text))
        self._has_mentions = hardware.has_mentions(text)
        # Several kinds in one rule are read faster than as many rules.
        further = ("string", *self._of_security) if self._has_mentions else self._of_security
        plain: Rule = {"kind": ", ".join((_KINDS, *further))}
        self.nodes = root.find_all({"rule": {"any": [plain, *rules]}})
        self.kinds = [node.kind() for node in self.nodes]

    def features(self) -> tuple[Feature, ...]:
        """Traits of the syntax."""
        wanted = self._of_syntax
        return syntax.named(
            [node for node, kind in zip(self.nodes, self.kinds, strict=True) if kind in wanted]
        )

    def indicators(self) -> tuple[Indicator, ...]:
        """What a reviewer of security would look at."""
        if not self._of_security:
            return ()
        by_kind: dict[str, list[SgNode]] = {kind: [] for kind in self._of_security}
        for node, kind in zip(self.nodes, self.kinds, strict=True):
            if kind in by_kind:
                by_kind[kind].append(node)
        return security.indicated(by_kind, self._text)

    def devices(self) -> tuple[DeviceMention, ...]:
        """Devices and variables that constants name."""
        if not self._has_mentions:
            return ()
        return hardware.mentioned(
            node for node, kind in zip(self.nodes, self.kinds, strict=True) if kind == "string"
        )
