"""The lockers that are compared, each with the command that its users would run and nothing tuned."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import tomli_w
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.peers import PYTHON, Peer, Pins, Task


def _requirements(task: Task) -> dict[str, str]:
    return {"requirements.in": "".join(f"{line}\n" for line in task.requirements)}


def _pyproject(task: Task, tool: Mapping[str, object]) -> dict[str, str]:
    project = {"name": "locked", "version": "1", "requires-python": f"=={PYTHON}.*"}
    document = {"project": {**project, "dependencies": list(task.requirements)}, "tool": tool}
    return {"pyproject.toml": tomli_w.dumps(document)}


def _pipfile(task: Task) -> dict[str, str]:
    wanted = [Requirement(text) for text in task.requirements]
    source = {"name": "index", "url": task.index_url, "verify_ssl": task.index_url.startswith("https:")}
    document: dict[str, object] = {"source": [source], "requires": {"python_version": PYTHON}}
    document["packages"] = {one.name: str(one.specifier) or "*" for one in wanted}
    return {"Pipfile": tomli_w.dumps(document)}


def _trusted(task: Task) -> dict[str, str]:
    """Pip caches what comes by plain HTTP from trusted hosts only."""
    parts = urlsplit(task.index_url)
    return {"PIP_TRUSTED_HOST": parts.hostname or ""} if parts.scheme == "http" else {}


def _pinned(pairs: Iterable[tuple[str, str]]) -> Pins:
    return frozenset((canonicalize_name(name), release) for name, release in pairs)


def _from_requirements(text: str) -> Pins:
    return _pinned(re.findall(r"^([\w.-]+)==([^\s\\;]+)", text, re.MULTILINE))


def _from_toml(text: str) -> Pins:
    document = tomllib.loads(text)
    packages = document.get("packages", document.get("package", []))
    return _pinned((package["name"], package.get("version", "")) for package in packages)


def _from_pipfile_lock(text: str) -> Pins:
    default = json.loads(text)["default"]
    return _pinned((name, entry.get("version", "").removeprefix("==")) for name, entry in default.items())


def _advise(task: Task) -> list[str]:
    store = str(task.cache / "store.sqlite3")
    told = ["advise", "-r", "requirements.in", "--type", "latest", "--quiet"]
    return [*told, "--index-url", task.index_url, "--store", store]


PEERS = (
    Peer(
        name="stackwright",
        command="stackwright",
        inputs=_requirements,
        arguments=lambda task: [*_advise(task), "--format", "requirements"],
        statement=lambda task: [*_advise(task), "--format", "json"],
        cutoff="--exclude-newer",
        read=_from_requirements,
    ),
    Peer(
        name="uv",
        command="uv",
        inputs=_requirements,
        arguments=lambda task: [
            *("pip", "compile", "requirements.in", "--generate-hashes", "--no-annotate", "--no-header"),
            *("--quiet", "--default-index", task.index_url, "--python", sys.executable),
        ],
        settings=lambda task: {"UV_CACHE_DIR": str(task.cache)},
        cutoff="--exclude-newer",
        read=_from_requirements,
    ),
    Peer(
        name="pip",
        command="pip",
        requirement="pip==26.3",
        inputs=_requirements,
        arguments=lambda task: ["lock", "-r", "requirements.in", "--quiet", "--index-url", task.index_url],
        settings=lambda task: {"PIP_CACHE_DIR": str(task.cache), **_trusted(task)},
        cutoff="--uploaded-prior-to",
        lockfile="pylock.toml",
        read=_from_toml,
    ),
    Peer(
        name="nab",
        command="nab",
        requirement="nab==0.0.23",
        inputs=lambda task: _pyproject(
            task, {"nab": {"indexes": [{"name": "index", "url": task.index_url}]}}
        ),
        arguments=lambda task: ["lock", "pyproject.toml", "--quiet", "--cache-dir", str(task.cache)],
        cutoff="--project-uploaded-prior-to",
        lockfile="pylock.toml",
        read=_from_toml,
    ),
    Peer(
        name="poetry",
        command="poetry",
        requirement="poetry==2.5.1",
        inputs=lambda task: _pyproject(
            task,
            {
                "poetry": {
                    "package-mode": False,
                    "source": [{"name": "index", "url": task.index_url, "priority": "primary"}],
                }
            },
        ),
        arguments=lambda task: ["lock", "--quiet", "--no-interaction"],
        settings=lambda task: {
            "POETRY_CACHE_DIR": str(task.cache),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "POETRY_KEYRING_ENABLED": "false",
        },
        lockfile="poetry.lock",
        read=_from_toml,
        universal=True,
    ),
    Peer(
        name="pdm",
        command="pdm",
        requirement="pdm[locked]==2.29.3",
        inputs=lambda task: _pyproject(
            task, {"pdm": {"distribution": False, "source": [{"name": "pypi", "url": task.index_url}]}}
        ),
        arguments=lambda task: ["lock"],
        settings=lambda task: {
            "PDM_CACHE_DIR": str(task.cache),
            "PDM_CHECK_UPDATE": "false",
            "PDM_USE_VENV": "false",
            "PDMPYTHON": sys.executable,
        },
        cutoff="--exclude-newer",
        lockfile="pdm.lock",
        read=_from_toml,
        universal=True,
    ),
    Peer(
        name="pipenv",
        command="pipenv",
        requirement="pipenv==2026.10.3",
        inputs=_pipfile,
        setup=lambda task: ["--python", sys.executable],
        arguments=lambda task: ["lock"],
        settings=lambda task: {
            "PIPENV_CACHE_DIR": str(task.cache / "pipenv"),
            "PIP_CACHE_DIR": str(task.cache / "pip"),
            "PIPENV_VENV_IN_PROJECT": "1",
            "PIPENV_NOSPIN": "1",
        },
        lockfile="Pipfile.lock",
        read=_from_pipfile_lock,
    ),
)
