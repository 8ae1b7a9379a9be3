"""From a whole resource to a response: negotiation, conditions, ranges and encodings. Source: RFC 9110."""

from __future__ import annotations

import gzip
import hashlib
import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import quote

from fakes.indexes.resources import PageForm, Request, RequestKind, Resource, Response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_JSON_ALIASES = ("application/vnd.pypi.simple.latest+json", "application/*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Manners:
    """How a server behaves towards every client.

    Attributes:
        html_only: listings have no JSON form.
        ranges: Range headers are honoured; else the whole file comes with 200.
        etag: resources carry an ETag, and If-None-Match is answered by 304.
        gzip: listings and metadata are compressed for clients that accept it.
        redirects: every path under ``/simple/`` and ``/files/`` is found only after a redirect.
        cache_control: value of that header on resources.
        credentials: user and password that every request must bring.
    """

    html_only: bool = False
    ranges: bool = True
    etag: bool = False
    gzip: bool = False
    redirects: bool = False
    cache_control: str | None = None
    credentials: tuple[str, str] | None = None


def preferred_form(accept: str | None, html_only: bool) -> PageForm:
    """The form of a listing a client likes best; HTML for one that does not care. Source: PEP 691."""
    weights: dict[str, float] = {}
    for part in (accept or "*/*").split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        stated = [text[2:] for text in parameters if text.startswith("q=")]
        weights[media_type] = float(stated[0]) if stated else 1.0
    for alias in _JSON_ALIASES:
        if alias in weights:
            weights.setdefault(PageForm.JSON, weights[alias])
    offered = [PageForm.LEGACY_HTML, PageForm.HTML] + ([] if html_only else [PageForm.JSON])
    return max(offered, key=lambda form: weights.get(form, 0.0))


def refusal(request: Request, manners: Manners) -> Response | None:
    """What is answered before looking for the resource."""
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, headers={"Allow": "GET, HEAD"})
    if manners.credentials is not None and not _authorised(request, manners.credentials):
        return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="index"'})
    if request.path.startswith("/simple/") and not request.path.endswith("/"):
        return Response(status=301, headers={"Location": quote(request.path) + "/"})
    if manners.redirects and request.path.startswith(("/simple/", "/files/")):
        return Response(status=302, headers={"Location": "/moved" + quote(request.path)})
    return None


def response_to(request: Request, resource: Resource | None, manners: Manners) -> Response:
    """The honest answer."""
    if resource is None:
        return Response(status=404, headers={"Content-Type": "text/plain"}, body=b"404 Not Found")
    headers = {"Content-Type": resource.content_type}
    if manners.cache_control is not None:
        headers["Cache-Control"] = manners.cache_control
    if request.kind is RequestKind.LISTING:
        headers["Vary"] = "Accept"
    if manners.etag:
        headers["ETag"] = f'"{hashlib.sha256(resource.body).hexdigest()[:32]}"'
        stated_tags = request.headers.get("if-none-match", "").split(",")
        known = {text.strip().removeprefix("W/") for text in stated_tags}
        if headers["ETag"] in known or "*" in known:
            return Response(status=304, headers=headers)
    if request.kind in {RequestKind.FILE, RequestKind.RANGE, RequestKind.METADATA} and manners.ranges:
        headers["Accept-Ranges"] = "bytes"
        if resource.status == 200 and (bounds := _RANGE.fullmatch(request.headers.get("range", ""))):
            return _partial(resource.body, bounds[1], bounds[2], headers)
    body = resource.body
    compressible = request.kind in {RequestKind.LISTING, RequestKind.METADATA}
    if manners.gzip and compressible and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)
    return Response(status=resource.status, headers=headers, body=body)


def _partial(body: bytes, first: str, last: str, headers: dict[str, str]) -> Response:
    size = len(body)
    if first:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    else:
        start, end = max(0, size - int(last or 0)), size
    if start >= end:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Response(status=206, headers=headers, body=body[start:end])


def _authorised(request: Request, credentials: tuple[str, str]) -> bool:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        return scheme.lower() == "basic" and b64decode(value).decode() == ":".join(credentials)
    except ValueError:
        return False
