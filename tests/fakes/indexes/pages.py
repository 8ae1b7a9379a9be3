"""Pages of the simple API, as HTML and as JSON, from a `FakeIndex`."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion

from fakes.indexes.resources import PageForm

if TYPE_CHECKING:
    from fakes.indexes.files import FakeFile
    from fakes.indexes.index import FakeIndex

_API_VERSION = "1.1"


def root_page(index: FakeIndex, form: PageForm) -> bytes:
    """The list of projects. Source: PEP 503, PEP 691."""
    if form is PageForm.JSON:
        projects = [{"name": name} for name in index.projects]
        return json.dumps({"meta": {"api-version": _API_VERSION}, "projects": projects}).encode()
    return _document("Simple index", [f'<a href="{name}/">{name}</a>' for name in index.projects])


def listing_page(index: FakeIndex, project: str, form: PageForm) -> bytes:
    """The files of one project. Source: PEP 503, 592, 658, 691, 700, 714."""
    files = index.files(project)
    if form is not PageForm.JSON:
        return _document(f"Links for {project}", [_anchor(index, file) for file in files])
    page: dict[str, object] = {"meta": {"api-version": _API_VERSION}, "name": project}
    if project in index.statuses:
        page["project-status"] = index.statuses[project]
    if index.sizes_and_times:
        page["versions"] = list(dict.fromkeys(filter(None, map(_version, files))))
    page["files"] = [_entry(index, file) for file in files]
    return json.dumps(page).encode()


def _document(title: str, lines: list[str]) -> bytes:
    head = f'<meta name="pypi:repository-version" content="{_API_VERSION}"><title>{title}</title>'
    body = "<br/>\n".join(lines)
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n{body}\n</body></html>\n".encode()


def _url(index: FakeIndex, file: FakeFile) -> str:
    return index.files_url + quote(file.filename)


def _anchor(index: FakeIndex, file: FakeFile) -> str:
    fragment = "".join(f"#{name}={digest}" for name, digest in list(file.hashes.items())[:1])
    attributes = {"href": _url(index, file) + fragment}
    if file.requires_python is not None:
        attributes["data-requires-python"] = file.requires_python
    if file.yanked is not None:
        attributes["data-yanked"] = file.yanked
    if file.metadata_hashes is not None:
        promise = next((f"{name}={digest}" for name, digest in file.metadata_hashes.items()), "true")
        attributes["data-core-metadata"] = attributes["data-dist-info-metadata"] = promise
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<a {written}>{html.escape(file.filename)}</a>"


def _entry(index: FakeIndex, file: FakeFile) -> dict[str, object]:
    entry: dict[str, object] = {
        "filename": file.filename,
        "url": _url(index, file),
        "hashes": dict(file.hashes),
        "requires-python": file.requires_python,
        "yanked": False if file.yanked is None else file.yanked or True,
    }
    if index.sizes_and_times:
        entry["size"] = len(file.content)
        if file.uploaded_at is not None:
            entry["upload-time"] = file.uploaded_at
    if file.metadata_hashes is not None:
        entry["core-metadata"] = entry["dist-info-metadata"] = dict(file.metadata_hashes) or True
    return entry


def _version(file: FakeFile) -> str | None:
    if file.release is not None:
        return file.release.version
    try:
        if file.filename.endswith(".whl"):
            return str(parse_wheel_filename(file.filename)[1])
        return str(parse_sdist_filename(file.filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
