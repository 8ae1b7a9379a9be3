"""The indexes that are configured: whether each answers, and how soon."""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Iterator

from knowledge.errors import KnowledgeError
from knowledge.indexes.choice import Index
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.transport.threads import Transport
from knowledge.transport.urls import displayed
from resolver.doctor.checks import Check, State, Use

PROJECT = "pip"
"""Whose page is asked for; that there is none is an answer as well."""


class IndexesExamined:
    """Asks every index for the page of one project, at once.

    Args:
        offline: ask nothing.
        has_stored: whether the store holds listings, so that `advise` works without an index.
    """

    def __init__(
        self, index: IndexConfiguration, user_agent: str, *, offline: bool, has_stored: bool
    ) -> None:
        self._index, self._user_agent = index, user_agent
        self._offline, self._has_stored = offline, has_stored

    def checks(self) -> Iterator[Check]:
        """See `resolver.doctor.checks.Examination`."""
        if self._index.no_index:
            found = "none is asked: --no-index"
            yield Check(name="index", state=State.NOT_ASKED, found=found, needed_for="advise")
            return
        if self._offline:
            for index in reversed(self._index.indexes.order):
                yield self._not_asked(index)
            return
        transport = Transport(self._index.transport_settings(self._user_agent))
        started_s = time.monotonic()
        try:
            asked = [(index, _asked(transport, index)) for index in reversed(self._index.indexes.order)]
            for index, answer in asked:
                yield self._told(index, answer, started_s)
        finally:
            transport.close()

    def _not_asked(self, index: Index) -> Check:
        stops = () if self._has_stored or not index.default else (Use.ADVISE,)
        return Check(
            name=_name(index),
            state=State.NOT_ASKED,
            found=f"{displayed(index.url)} {self._place(index)}, not asked: --offline",
            needed_for="advise, and what else asks an index",
            remedy="run once without --offline, so that something is stored" if stops else None,
            stops=stops,
        )

    def _told(self, index: Index, answer: concurrent.futures.Future[float], started_s: float) -> Check:
        place = f"{displayed(index.url)} {self._place(index)}"
        try:
            took_s = answer.result() - started_s
        except KnowledgeError as error:
            return Check(
                name=_name(index),
                state=State.FAILS,
                found=f"{place}: {error}".partition("\n")[0],
                needed_for="advise, and what else asks an index",
                remedy=_remedy(error),
                stops=() if index.explicit else (Use.ADVISE,),
            )
        found = f"{place}, answers in {took_s:.2f} s"
        return Check(
            name=_name(index),
            state=State.WORKS,
            found=found,
            needed_for="advise, and what else asks an index",
        )

    def _place(self, index: Index) -> str:
        return f"({self._index.place if index.default else 'a further index'})"


def _name(index: Index) -> str:
    return (
        "index" if index.default else f"index {displayed(index.name) if '://' in index.name else index.name}"
    )


def _asked(transport: Transport, index: Index) -> concurrent.futures.Future[float]:
    from knowledge.indexes.project_pages import fetch_listing
    from knowledge.transport.client import Client

    def work(client: Client) -> float:
        fetch_listing(client, index.url, PROJECT, None)
        return time.monotonic()

    return transport.submit(work)


def _remedy(error: KnowledgeError) -> str:
    notes = getattr(error, "__notes__", ())
    return str(notes[0]) if notes else "name one with --index-url or PIP_INDEX_URL, or go on with --offline"
