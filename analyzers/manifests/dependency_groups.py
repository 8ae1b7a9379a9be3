"""Dependency groups with their includes resolved.

Source: PEP 735.
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import Group, GroupKind
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner

_EXPANDED_LIMIT = 50_000
_DEPTH_LIMIT = 64


def read_dependency_groups(groups: Node, draft: Draft) -> None:
    """Declares the requirements of every group, those of included groups under the including one, too."""
    _Groups(groups, draft).declare_all()


class _Groups:
    def __init__(self, groups: Node, draft: Draft) -> None:
        self._draft = draft
        self._groups: dict[str, Node] = {}
        self._expanded = 0
        for written, node in groups.table().items():
            name = canonicalize_name(written)
            if name in self._groups:
                reason = f"the dependency group {name} is defined twice (names are compared normalised)"
                draft.problem(node.location, written, reason, "rename one of them")
            self._groups.setdefault(name, node)

    def declare_all(self) -> None:
        for name, node in self._groups.items():
            group = Group(GroupKind.DEPENDENCY_GROUP, name)
            self._draft.groups.append(group)
            self._expand(node, Manner(group=group), (name,), {name})

    def _expand(self, group: Node, manner: Manner, chain: tuple[str, ...], done: set[str]) -> None:
        for item in group.items():
            self._expanded += 1
            if self._expanded > _EXPANDED_LIMIT:
                return  # the draft tells of too many requirements
            if isinstance(item.value, str):
                self._draft.require(item.value, item.location, manner)
            elif (included := self._included(item, chain)) and included not in done:
                done.add(included)
                self._expand(self._groups[included], manner, (*chain, included), done)

    def _included(self, item: Node, chain: tuple[str, ...]) -> str | None:
        """The group that an item includes; None, and a problem, where that cannot be."""
        if not isinstance(item.value, dict) or set(item.value) != {"include-group"}:
            reason = "an item of a dependency group is a requirement or {include-group = NAME}"
            self._draft.problem(item.location, str(item.value), reason, "correct the item")
            return None
        written = item.text_at("include-group")
        if written is None:
            return None
        name = canonicalize_name(written)
        if name not in self._groups:
            self._draft.problem(item.location, written, "includes an unknown group", "correct the name")
            return None
        if len(chain) > _DEPTH_LIMIT:
            reason = f"groups include one another more than {_DEPTH_LIMIT} deep"
            self._draft.problem(item.location, written, reason, "include them directly")
            return None
        if name in chain:
            reason = f"dependency groups include one another in a circle: {' -> '.join((*chain, name))}"
            self._draft.problem(item.location, written, reason[:200], "remove one of the includes")
            return None
        return name
