"""Asks an index for the page of a project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from knowledge.errors import CorruptResponseError
from knowledge.indexes.simple_api import ACCEPT, LARGEST_PAGE_BYTES, listing_from_page
from knowledge.releases import Listing
from knowledge.transport.statistics import RequestKind
from knowledge.transport.urls import displayed

if TYPE_CHECKING:
    from knowledge.transport.client import Client

_ABSENT = frozenset({404, 410})
_ANSWERS = frozenset({200, 304}) | _ABSENT
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)


class FetchedListing(NamedTuple):
    """What an index answered: a listing, or None for no such project, or that the stored one still holds."""

    listing: Listing | None
    etag: str | None
    unchanged: bool = False


def fetch_listing(client: Client, index_url: str, project: str, etag: str | None) -> FetchedListing:
    """Asks for the page of a project.

    Args:
        client: makes the request.
        index_url: root of the simple API, without credentials.
        project: normalised name; one that is no valid name exists on no index.
        etag: of the answer that is stored; None where none is.

    Raises:
        TransportError: one of its kinds.
    """
    if not _NAME.fullmatch(project):
        return FetchedListing(None, None)
    headers = {"Accept": ACCEPT}
    if etag is not None:
        headers["If-None-Match"] = etag
    response = client.get(
        f"{index_url.rstrip('/')}/{project}/",
        RequestKind.LISTING,
        headers=headers,
        largest_bytes=LARGEST_PAGE_BYTES,
        accepted=_ANSWERS,
    )
    if response.status in _ABSENT:
        return FetchedListing(None, None)
    new_etag = response.headers.get("etag")
    if response.status == 304:
        if etag is None:
            raise CorruptResponseError(displayed(response.url), "status 304 to an unconditional request")
        return FetchedListing(None, new_etag or etag, unchanged=True)
    content_type = response.headers.get("content-type", "")
    listing = listing_from_page(project, response.body, content_type, response.url, index_url)
    return FetchedListing(listing, new_etag)
