"""Names where to read about a release: what changed, its source, its documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.states.stack import Member, Stack

_KINDS = (
    ("changes", re.compile(r"change|release|history|news|what.?s ?new")),
    ("source", re.compile(r"source|repo|code|git")),
    ("documentation", re.compile(r"doc|manual|guide|read")),
    ("home page", re.compile(r"home|web")),
)
_MOST = 2
_NORMAL = re.compile(r"[^a-z ]+")


class LinksWrap:
    """Names up to two addresses of each release: what changed first, then its source."""

    name = "links"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """The links of each member that states some."""
        found = {name: list(self._links(member)) for name, member in stack.members.items()}
        return {name: links for name, links in found.items() if links}

    def _links(self, member: Member) -> Iterator[Justification]:
        told = 0
        for kind, label in _KINDS:
            url = next((url for stated, url in member.links if label.search(_plain(stated))), None)
            if url is not None:
                yield Justification(unit=self.name, message=f"{kind}: {url}", link=url)
                told += 1
            if told == _MOST:
                return


def _plain(label: str) -> str:
    """As the specification "Well-known Project URLs in Metadata" compares labels, blanks kept."""
    return _NORMAL.sub("", label.lower())
