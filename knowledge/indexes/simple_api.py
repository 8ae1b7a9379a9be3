"""Decodes project pages of the simple repository API, JSON and HTML, into listings; bytes in, records out.

Addresses are resolved against the address that the page finally came from, and stripped of credentials. Only
the fields that are used are decoded. What is malformed as a whole raises; one malformed file is refused by
name.
"""

from __future__ import annotations

import contextlib
import html.parser
import re
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.errors import CorruptResponseError
from knowledge.indexes.listings import digests, listing_from_entries, listing_from_files
from knowledge.releases import ListedFile, Listing

__all__ = [
    "ACCEPT",
    "LARGEST_PAGE_BYTES",
    "entries_from_page",
    "links_of_html",
    "listing_from_files",
    "listing_from_page",
]

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
LARGEST_PAGE_BYTES = 64 << 20
_LARGEST_HTML_BYTES = 16 << 20
_MOST_FILES = 200_000
_LONGEST_STATUS = 40
_LONGEST_REASON = 300
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg")
_DIGEST = re.compile(r"[0-9a-fA-F]{32,128}", re.ASCII)


class _JsonMeta(msgspec.Struct, rename="kebab"):
    api_version: str = "1.0"


class _JsonPage(msgspec.Struct):
    files: list[ListedFile]
    meta: _JsonMeta = msgspec.field(default_factory=_JsonMeta)
    status: object = msgspec.field(name="project-status", default=None)


class Page(NamedTuple):
    """What a project page holds.

    Attributes:
        entries: the files that it lists.
        refused: names of those whose address was refused.
        status: see `Listing.status`.
    """

    entries: list[ListedFile]
    refused: list[str]
    status: tuple[str, str] | None


_decode_page = msgspec.json.Decoder(_JsonPage).decode


def listing_from_page(
    project: str, body: bytes, content_type: str, url: str, index_url: str | None = None
) -> Listing:
    """The listing that a project page holds; see `entries_from_page`.

    Args:
        project: name of the project that was asked for.
        body: the page.
        content_type: value of the response's ``Content-Type`` header.
        url: where the page finally came from, without credentials.
        index_url: see `Listing.index_url`.

    Raises:
        CorruptResponseError: see there.
    """
    page = entries_from_page(body, content_type, url)
    return listing_from_entries(project, page.entries, page.refused, index_url=index_url, status=page.status)


def entries_from_page(body: bytes, content_type: str, url: str) -> Page:
    """The files that a page lists, and what it says of the project.

    Args:
        body: the page.
        content_type: value of the response's ``Content-Type`` header.
        url: where the page finally came from, without credentials.

    Raises:
        CorruptResponseError: the page is malformed, of an unknown type or major version, or too large.

    Source: PEP 503, PEP 592, PEP 629, PEP 658, PEP 691, PEP 700, PEP 714, PEP 792.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.endswith(("+json", "/json")):
        return _json_files(body, url)
    if media_type.endswith(("+html", "/html", "/xhtml+xml")):
        return _html_files(body, content_type, url)
    raise CorruptResponseError(url, f"a project page of unknown type {media_type[:80]!r}")


def _json_files(body: bytes, url: str) -> Page:
    try:
        page = _decode_page(body)
    except UNDECODABLE as error:
        raise CorruptResponseError(url, f"no valid project page: {error}") from error
    _check_version(page.meta.api_version, url)
    _check_count(len(page.files), url)
    addresses = _Addresses(url)
    refused = [entry for entry in addresses.unusual(page.files) if not _made_absolute(entry, addresses)]
    stated = page.status if isinstance(page.status, dict) else {}
    status = _status(stated.get("status"), stated.get("reason"))
    if not refused:
        return Page(page.files, [], status)
    dropped = set(map(id, refused))
    files = [entry for entry in page.files if id(entry) not in dropped]
    return Page(files, [entry.filename for entry in refused], status)


def _status(status: object, reason: object) -> tuple[str, str] | None:
    """A status that is not the usual one, and its reason; what is no text says nothing."""
    if not isinstance(status, str) or status.strip().lower() in ("", "active"):
        return None
    told = " ".join(reason.split())[:_LONGEST_REASON] if isinstance(reason, str) else ""
    return status.strip().lower()[:_LONGEST_STATUS], told


def _made_absolute(entry: ListedFile, addresses: _Addresses) -> bool:
    """Whether the address of a file can be used; if so, it is absolute and without a fragment now."""
    address, fragment = addresses.absolute(entry.url)
    if address is None:
        return False
    entry.url = address
    if fragment:
        entry.hashes = digests((_fragment_hashes(fragment) | entry.hashes.stated()).items())
    return True


def _check_version(api_version: str, url: str) -> None:
    if api_version.partition(".")[0] != "1":
        raise CorruptResponseError(
            url, f"version {api_version[:20]!r} of the simple API is not known; 1.x is"
        )


def _check_count(count: int, url: str) -> None:
    if count > _MOST_FILES:
        raise CorruptResponseError(url, f"lists {count} files, more than {_MOST_FILES}")


class _Addresses:
    """Makes the addresses of one page absolute. Most begin with an origin that was looked at before.

    What a page that came by https offers by http is refused, as a redirect to there is.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._schemes = ("https",) if base.startswith("https:") else ("http", "https")
        self._origins: set[str] = set()

    def unusual(self, files: list[ListedFile]) -> list[ListedFile]:
        """The files of which `absolute` may change or refuse the address: on most pages there are none."""
        first = files[0].url if files else ""
        known, _ = self.absolute(first)
        if known != first or not first:
            return files
        start = first[: first.find("/", 8) + 1]
        if start[:-1] not in self._origins:
            return files
        return [file for file in files if not file.url.startswith(start) or "#" in file.url]

    def absolute(self, address: str) -> tuple[str | None, str]:
        """An absolute web address without credentials, or None, and its fragment."""
        if "#" not in address and address[: address.find("/", 8)] in self._origins:
            return address, ""
        try:
            parts = urlsplit(urljoin(self._base, address))
            host = parts.netloc.rpartition("@")[2]
            valid = parts.scheme in self._schemes and parts.hostname and parts.port != 0
        except ValueError:
            valid = False
        if not valid:
            return None, ""
        self._origins.add(f"{parts.scheme}://{host}")
        return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), parts.fragment


def _fragment_hashes(fragment: str) -> dict[str, str]:
    hashes = {}
    for part in fragment.split("&"):
        algorithm, equals, digest = part.partition("=")
        if equals and _DIGEST.fullmatch(digest):
            hashes[algorithm.lower()] = digest.lower()
    return hashes


class _LinkReader(html.parser.HTMLParser):
    """Collects anchors, the first base address and the version of the API; text is not needed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: list[dict[str, str]] = []
        self.base: str | None = None
        self.api_version: str | None = None
        self.status: str | None = None
        self.reason: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("a", "base", "meta"):
            return
        values = {name: value or "" for name, value in reversed(attrs)}
        if tag == "a" and "href" in values:
            self.anchors.append(values)
        elif tag == "base" and self.base is None:
            self.base = values.get("href")
        elif values.get("name") == "pypi:repository-version":
            self.api_version = values.get("content", "1.0")
        elif values.get("name") == "pypi:project-status":
            self.status = values.get("content")
        elif values.get("name") == "pypi:project-status-reason":
            self.reason = values.get("content")


def links_of_html(body: bytes) -> list[str]:
    """The addresses of all anchors of a page, as written."""
    reader = _LinkReader()
    with contextlib.suppress(AssertionError, ValueError):  # what was read until then is there
        reader.feed(body.decode("utf-8", errors="replace"))
        reader.close()
    return [anchor["href"].strip() for anchor in reader.anchors]


def _html_files(body: bytes, content_type: str, url: str) -> Page:
    if len(body) > _LARGEST_HTML_BYTES:
        raise CorruptResponseError(url, f"an HTML page of {len(body)} bytes, more than {_LARGEST_HTML_BYTES}")
    reader = _LinkReader()
    try:
        reader.feed(body.decode(_charset(content_type), errors="replace"))
        reader.close()
        addresses = _Addresses(urljoin(url, reader.base or ""))
    except (AssertionError, ValueError) as error:  # html.parser asserts on some malformed declarations
        raise CorruptResponseError(url, f"no valid project page: {error}") from error
    _check_version(reader.api_version or "1.0", url)
    _check_count(len(reader.anchors), url)
    if reader.api_version is None and not any(_is_archive(anchor["href"]) for anchor in reader.anchors):
        # A page to log in, or the front page of something else.
        raise CorruptResponseError(url, "an HTML page without any distribution file: no project page")
    files: list[ListedFile] = []
    refused: list[str] = []
    for anchor in reader.anchors:
        address, fragment = addresses.absolute(anchor["href"].strip())
        filename = unquote((address or anchor["href"]).partition("?")[0].rpartition("/")[2])
        if address is None:
            refused.append(filename)
            continue
        files.append(_html_file(filename, address, fragment, anchor))
    return Page(files, refused, _status(reader.status, reader.reason))


def _is_archive(href: str) -> bool:
    return unquote(href.partition("#")[0].partition("?")[0].strip()).endswith(_ARCHIVES)


def _html_file(filename: str, address: str, fragment: str, anchor: dict[str, str]) -> ListedFile:
    promise = anchor.get("data-core-metadata", anchor.get("data-dist-info-metadata"))
    return ListedFile(
        filename=filename,
        url=address,
        hashes=digests(_fragment_hashes(fragment).items()),
        requires_python=anchor.get("data-requires-python"),
        yanked=anchor["data-yanked"] or True if "data-yanked" in anchor else False,
        core_metadata=promise is not None
        and promise != "false"
        and digests(_fragment_hashes(promise).items()),
    )


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(" \"'").lower() in (
            "iso-8859-1",
            "latin-1",
            "ascii",
        ):
            return "latin-1"
    return "utf-8"
