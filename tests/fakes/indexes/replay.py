"""An index that answers from a recording and extends it, on first need, from a real index upstream.

Only what somebody asks for is recorded: listings as they came, METADATA, whole sdists, parts of wheels.
Answers hold the bytes that upstream holds; pages alone differ, in where files are and in what is promised of
METADATA.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from packaging.utils import canonicalize_name

from fakes.indexes.faults import Fault
from fakes.indexes.recording import LazyBody, RecordedFile, Recorder, RecordingError, Source, write
from fakes.indexes.resources import PageForm, Request, RequestKind, Resource, Response
from fakes.indexes.server import IndexServer

_BINARY = "application/octet-stream"
_CACHED = (200, 206, 304)


def replaying(
    site: ReplayIndex, *, delay_s: float | Mapping[RequestKind, float] = 0.0, caching: bool = True
) -> IndexServer:
    """A server of the recording.

    Args:
        delay_s: as of `IndexServer`.
        caching: answers carry the validators and life times that the public index states: ten minutes for
            pages, for ever for files.
    """
    server = IndexServer(site, delay_s=delay_s, etag=caching)
    if caching:
        server.fault("/simple/*", _stating("max-age=600, public"))
        server.fault("/files/*", _stating("max-age=365000000, immutable, public"))
    return server


def _stating(cache_control: str) -> Fault:
    def stated(request: Request, response: Response) -> Response:
        if response.status not in _CACHED:
            return response
        return replace(response, headers={**response.headers, "Cache-Control": cache_control})

    return Fault(name=f"Cache-Control: {cache_control}", on_response=stated)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Project:
    """A page as it is served, by form, and what its files were called upstream."""

    page: Mapping[str, Any]
    sources: Mapping[str, Source]


class ReplayIndex:
    """Implements `fakes.indexes.resources.Site`.

    Args:
        folder: where the recording is; made when missing.
        upstream: simple root of the index to record from; None answers from the recording alone.
        core_metadata: whether pages promise ``.metadata`` beside every wheel, as the public index does; else
            they promise what upstream promises.

    Attributes:
        failures: what could neither be replayed nor recorded; the client got a 502.
    """

    def __init__(self, folder: Path, upstream: str | None, *, core_metadata: bool = True) -> None:
        self._folder, self._upstream, self._core_metadata = folder, upstream, core_metadata
        self._recorder = Recorder(online=upstream is not None)
        self._projects: dict[str, _Project | None] = {}
        self._pages: dict[tuple[str, PageForm], bytes] = {}
        self.failures: list[str] = []

    @property
    def upstream_requests(self) -> int:
        return self._recorder.requests

    def resource(self, path: str, form: PageForm) -> Resource | None:
        """See `Site.resource`."""
        try:
            match path.split("/")[1:]:
                case ["simple", project, ""]:
                    body = self._page(project, form)
                    return None if body is None else Resource(body=body, content_type=form)
                case ["files", project, filename]:
                    return self._file(project, filename)
        except RecordingError as error:
            self.failures.append(f"{path}: {error}")
            return Resource(body=f"{error}\n".encode(), content_type="text/plain", status=502)
        return None

    def close(self) -> None:
        """Closes the connections to upstream."""
        self._recorder.close()

    def _page(self, name: str, form: PageForm) -> bytes | None:
        project = self._project(name)
        if project is None:
            return None
        if (name, form) not in self._pages:
            written = (
                json.dumps(project.page, separators=(",", ":")) if form is PageForm.JSON else _html(project)
            )
            self._pages[name, form] = written.encode()
        return self._pages[name, form]

    def _project(self, name: str) -> _Project | None:
        if not name or canonicalize_name(name) != name:
            return None
        if name not in self._projects:
            self._projects[name] = self._recorded(name)
        return self._projects[name]

    def _recorded(self, name: str) -> _Project | None:
        address = self._folder / name / "url"
        if not address.exists() and self._upstream is not None:
            write(address, urljoin(self._upstream, f"{name}/").encode())
        url = address.read_text(encoding="utf-8") if address.exists() else name
        raw = self._recorder.once(self._folder / name / "listing.json", url, {"Accept": PageForm.JSON})
        return self._rewritten(name, url, raw) if raw else None

    def _rewritten(self, name: str, base: str, raw: bytes) -> _Project:
        try:
            page = json.loads(raw)
            files = [entry for entry in page["files"] if _is_plain(entry["filename"])]
            sources = {entry["filename"]: _source(base, entry) for entry in files}
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingError(f"the page of {name} is not JSON of the simple API: {error!r}") from error
        for entry in files:
            entry["url"] = f"../../files/{name}/{quote(entry['filename'])}"
            promised = entry.get("core-metadata") or entry.get("dist-info-metadata")
            if self._core_metadata and entry["filename"].endswith(".whl") and not promised:
                entry["core-metadata"] = entry["dist-info-metadata"] = True
        return _Project(page={**page, "files": files}, sources=sources)

    def _file(self, project_name: str, filename: str) -> Resource | None:
        project = self._project(project_name)
        wanted = filename.removesuffix(".metadata")
        source = project.sources.get(wanted) if project else None
        if source is None:
            return None
        recorded = RecordedFile(self._recorder, self._folder / project_name / wanted, source)
        if filename == wanted:
            body = LazyBody(recorded) if filename.endswith(".whl") else recorded.whole()
            return Resource(body=body, content_type=_BINARY)
        metadata = recorded.metadata() if wanted.endswith(".whl") else b""
        return Resource(body=metadata, content_type=_BINARY) if metadata else None


def _is_plain(filename: str) -> bool:
    return filename[:1].isalnum() and not {"/", "\\", "\0"} & set(filename)


def _source(base: str, entry: Mapping[str, Any]) -> Source:
    url = urljoin(base, entry["url"]).partition("#")[0]
    return Source(url=url, size_bytes=entry.get("size"), sha256=entry["hashes"].get("sha256"))


def _html(project: _Project) -> str:
    """The page for clients that read no JSON. Source: PEP 503, 592, 714."""
    lines = "".join(
        f"<a {_attributes(entry)}>{html.escape(entry['filename'])}</a><br/>\n"
        for entry in project.page["files"]
    )
    return f"<!DOCTYPE html>\n<html><head><title>Links</title></head><body>\n{lines}</body></html>\n"


def _attributes(entry: Mapping[str, Any]) -> str:
    digest = entry["hashes"].get("sha256")
    attributes = {"href": entry["url"] + (f"#sha256={digest}" if digest else "")}
    if entry.get("requires-python"):
        attributes["data-requires-python"] = entry["requires-python"]
    if entry.get("yanked"):
        attributes["data-yanked"] = "" if entry["yanked"] is True else entry["yanked"]
    promise = entry.get("core-metadata") or entry.get("dist-info-metadata")
    if promise:
        stated = [f"{name}={digest}" for name, digest in promise.items()] if isinstance(promise, dict) else []
        attributes["data-core-metadata"] = (stated or ["true"])[0]
    return " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
