"""Virtual environments of a root with the interpreters that they rest on, and what is broken about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzers.evidence import Confidence, Evidence, Finding, Level, Location
from analyzers.files import joined
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.installations.environments import (
    CONFIGURATION_NAME,
    Environment,
    base_of,
    environments,
)
from images.installations.executables import Installation
from images.installations.program_lookup import ProgramLookup
from images.installations.search_paths import Sites, environment_path
from images.installations.seen_places import seen_places
from images.installations.variables import process_variables
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter
from images.roots.following import FollowingFiles
from images.roots.links import shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

WANTED = Wanted(names=frozenset({CONFIGURATION_NAME}), limit_bytes=1 << 16)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every virtual environment as an `Interpreter`; `known` has those that are none."""
    seen = seen_places(files)
    variables = process_variables(seen.files, config)
    sites = Sites(seen.files, variables)
    lookup = ProgramLookup(seen.files, variables)
    default = lookup.default()
    prefixes = frozenset(seen.places.environments)
    default_prefix = lookup.environment(default[1], prefixes) if default is not None else None
    by_path = _by_path(seen.installations)
    described = {one.path: one for one in known.interpreters}
    unknowns: list[Unknown] = []
    found: list[Interpreter] = []
    findings: list[Finding] = []
    for each in environments(seen.files, prefixes, unknowns):
        base = base_of(seen.files, each, by_path)
        described_base = described.get(shown_path(base.path)) if base is not None else None
        python = base.python if base is not None and base.python is not None else each.python
        path = environment_path(sites, each.prefix, base, python, with_system_sites=each.with_system_sites)
        evidence = _evidence(each)
        found.append(
            Interpreter(
                path=shown_path(each.program or joined(each.prefix, b"bin/python")),
                kind=each.creator,
                prefix=shown_path(each.prefix),
                version=(described_base.version if described_base else None) or each.version or each.python,
                implementation=base.implementation if base is not None else "cpython",
                abi=described_base.abi if described_base is not None else None,
                base=shown_path(base.path) if base is not None else None,
                search_path=tuple(map(shown_path, path)),
                is_default=each.prefix == default_prefix,
                has_headers=described_base.has_headers if described_base is not None else False,
                layer=seen.files.layer(joined(each.prefix, CONFIGURATION_NAME)),
                evidence=evidence,
            )
        )
        findings += _broken(seen.files, each, base, described_base)
    return Catalog(interpreters=tuple(found), findings=tuple(findings), unknowns=tuple(unknowns))


def _by_path(found: Iterable[Installation]) -> dict[bytes, Installation]:
    return {path: one for one in found for path in (*one.names, one.path)}


def _evidence(environment: Environment) -> tuple[Evidence, ...]:
    if environment.version is None:
        return ()
    where = shown_path(joined(environment.prefix, CONFIGURATION_NAME))
    what = f"it was made with Python {environment.version}"
    return (Evidence(what=what, where=where, confidence=Confidence.LIKELY),)


def _broken(
    files: FollowingFiles,
    environment: Environment,
    base: Installation | None,
    described: Interpreter | None,
) -> Iterator[Finding]:
    shown = shown_path(environment.prefix)
    remake = f"make {shown} again with the interpreter of this image"
    if environment.program is None:
        yield _finding(environment, f"has no bin/python; {remake}")
    elif environment.target is None:
        leads = _leads(files, environment.program)
        program = shown_path(environment.program)
        yield _finding(environment, f"{program} leads to {leads}, which is not there; {remake}")
    elif base is None and environment.home is not None and files.directory(environment.home) is None:
        home = shown_path(environment.home)
        yield _finding(environment, f"its base interpreter is gone: there is no {home}; {remake}")
    elif base is None:
        yield _finding(environment, f"its base interpreter is not in this image; {remake}")
    if base is None or base.python is None:
        return
    series = environment.version and ".".join(environment.version.split(".")[:2])
    if series and series != base.python:
        message = (
            f"was made with Python {environment.version}, but {shown_path(base.path)} is Python "
            f"{base.python}, which does not look into its site-packages; {remake}"
        )
        yield _finding(environment, message)
    elif (
        described is not None
        and environment.version is not None
        and described.version is not None
        and environment.version.count(".") == described.version.count(".") == 2
        and environment.version != described.version
    ):
        yield Finding(
            id="environment-base-changed",
            level=Level.INFO,
            message=f"{shown}: was made with Python {environment.version}; its base {described.path} is now "
            f"{described.version}; make it again if extension modules misbehave",
            subject=shown,
            location=Location(path=shown_path(joined(environment.prefix, CONFIGURATION_NAME))),
        )


def _leads(files: FollowingFiles, program: bytes) -> str:
    """What a dead link says."""
    return files.read_link(program).decode("utf-8", "backslashreplace")


def _finding(environment: Environment, message: str) -> Finding:
    shown = shown_path(environment.prefix)
    return Finding(
        id="broken-environment",
        level=Level.ERROR,
        message=f"{shown}: {message}",
        subject=shown,
        location=Location(path=shown_path(joined(environment.prefix, CONFIGURATION_NAME))),
    )
