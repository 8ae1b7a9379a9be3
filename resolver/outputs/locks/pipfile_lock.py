"""Writes ``Pipfile.lock``, as pipenv installs it with ``pipenv sync`` and ``pipenv install --deploy``.

There is no specification. Source of the form and of the hash that tells whether a lock is of its Pipfile:
https://github.com/sarugaku/plette (``Pipfile.get_hash`` and ``Lockfile.with_meta_from``), which pipenv uses.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping

from packaging.requirements import Requirement

from knowledge.indexes.configuration import public_endpoint
from resolver.outputs.locks.digests import digests
from resolver.reports.advice import Advice, Pin

_NOT_CATEGORIES = ("source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv")
_SPECIFICATION = 6


def pipfile_lock(
    advice: Advice, *, python: str, index_url: str, pipfile: bytes | None = None, hashes: bool = True
) -> str:
    """The lockfile as JSON; all pins stand in its default category, without markers.

    Args:
        advice: what to write.
        python: ``major.minor`` of the target.
        index_url: the source, where no Pipfile states one; without credentials.
        pipfile: content of the Pipfile that the lock belongs to. Without one it belongs to a Pipfile that
            states what was asked for, and nothing else.
        hashes: whether pins get them.

    Raises:
        HashesMissingError: hashes are wanted and the index states none for some file.
    """
    document = _stated(advice, python) if pipfile is None else tomllib.loads(pipfile.decode("utf-8-sig"))
    stated = document.get("source")
    sources = list(stated) if isinstance(stated, list) else [_source(index_url)]
    urls = dict.fromkeys(pin.index.rstrip("/") for pin in advice.pins if pin.index)
    further = {url: f"vendor-{number}" for number, url in enumerate(urls, 1)}
    sources += [{"name": name, "url": url, "verify_ssl": True} for url, name in further.items()]
    lock = {
        "_meta": {
            "hash": {"sha256": pipfile_hash(document)},
            "pipfile-spec": _SPECIFICATION,
            "requires": document.get("requires", {}),
            "sources": sources,
        },
        "default": {pin.name: _entry(pin, further, hashes=hashes) for pin in advice.pins},
        "develop": {},
    }
    return json.dumps(lock, indent=4, separators=(",", ": "), sort_keys=True, default=str) + "\n"


def pipfile_hash(document: Mapping[str, object]) -> str:
    """What a lock states of a Pipfile; one without sources has the public index, whatever serves it."""
    sources = document.get("source", [_source(public_endpoint())])
    data: dict[str, object] = {
        "_meta": {"sources": sources, "requires": document.get("requires", {})},
        "default": document.get("packages", {}),
        "develop": document.get("dev-packages", {}),
    }
    data |= {name: table for name, table in document.items() if name not in (*_NOT_CATEGORIES, *data)}
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _source(url: str) -> dict[str, object]:
    return {"name": "pypi", "url": url.rstrip("/"), "verify_ssl": True}


def _stated(advice: Advice, python: str) -> dict[str, object]:
    asked = map(Requirement, advice.requirements)
    packages = {requirement.name: str(requirement.specifier) or "*" for requirement in asked}
    return {"packages": packages, "requires": {"python_version": python}}


def _entry(pin: Pin, further: Mapping[str, str], *, hashes: bool) -> dict[str, object]:
    entry: dict[str, object] = {"version": f"=={pin.version}"}
    if pin.index:
        entry["index"] = further[pin.index.rstrip("/")]
    if hashes:
        entry["hashes"] = sorted(digests(pin))
    return entry
