"""Python interpreters of a root, every prefix of them, their releases told without running anything.

Source: CPython, ``Modules/getpath.py``, for how an executable finds its library.
"""

from __future__ import annotations

from analyzers.evidence import Confidence, Evidence, Finding, Level, Location
from analyzers.files import joined
from images.catalogers.catalog import Catalog
from images.installations.abis import SYSCONFIG_SUFFIXES, build_facts
from images.installations.executables import Installation, library_shown
from images.installations.program_lookup import ProgramLookup
from images.installations.search_paths import SITE_NAME, Sites, interpreter_path
from images.installations.seen_places import seen_places
from images.installations.variables import PASSWD, process_variables
from images.installations.versions import (
    HEADER_NAME,
    LIMIT_PROGRAM_BYTES,
    VersionStatement,
    include_directories,
    version_statements,
)
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter, SystemPackage
from images.roots.following import FollowingFiles
from images.roots.links import shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

_SERIES = (*(f"3.{minor}" for minor in range(100)), "2.6", "2.7")
_PROGRAMS = frozenset(
    name.encode()
    for series in _SERIES
    for name in (
        *(f"python{series}{flags}" for flags in ("", "t", "d", "td", "m")),
        *(f"libpython{series}{flags}.so.1.0" for flags in ("", "t", "d", "td", "m")),
    )
)
WANTED = Wanted(
    paths=frozenset({PASSWD}),
    names=frozenset({HEADER_NAME, SITE_NAME, b"python", b"python3"}) | _PROGRAMS,
    suffixes=SYSCONFIG_SUFFIXES,
    limit_bytes=LIMIT_PROGRAM_BYTES,
)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every interpreter, with the directories that it searches; environments are another cataloger's."""
    seen = seen_places(files)
    variables = process_variables(seen.files, config)
    sites = Sites(seen.files, variables)
    lookup = ProgramLookup(seen.files, variables)
    default = lookup.default()
    prefixes = frozenset(seen.places.environments)
    in_environment = default is not None and lookup.environment(default[1], prefixes) is not None
    default_path = None
    if default is not None and not in_environment:
        default_path = seen.files.found(lookup.pyenv(default[1]) or default[1])
    conda = frozenset(seen.places.conda)
    found: list[Interpreter] = []
    findings: list[Finding] = []
    for each in seen.installations:
        statements = version_statements(seen.files, each, known.packages, variables.environ)
        build = build_facts(seen.files, each)
        evidence = [statement.evidence for statement in statements]
        if not statements:
            evidence.append(_by_library(each))
        if build.evidence is not None:
            evidence.append(build.evidence)
        found.append(
            Interpreter(
                path=shown_path(each.path),
                kind="conda"
                if each.prefix in conda
                else _kind(seen.files, each, known.packages, is_standalone=build.is_standalone),
                prefix=shown_path(each.prefix),
                version=statements[0].version if statements else each.python,
                implementation=each.implementation,
                abi=build.abi,
                search_path=tuple(map(shown_path, interpreter_path(sites, each))),
                is_default=default_path is not None and default_path in (each.path, *each.names),
                has_headers=any(
                    seen.files.file(joined(directory, b"Python.h")) is not None
                    for directory in include_directories(each)
                ),
                layer=seen.files.layer(each.path),
                evidence=tuple(evidence),
            )
        )
        findings += _contradictions(each, statements)
        if each.library is None:
            findings.append(_without_library(each))
    return Catalog(interpreters=tuple(found), findings=tuple(findings), unknowns=seen.unknowns)


def _kind(
    files: FollowingFiles,
    installation: Installation,
    packages: tuple[SystemPackage, ...],
    *,
    is_standalone: bool,
) -> str:
    prefix, parts = installation.prefix, installation.prefix.split(b"/")
    if parts[-2:-1] == [b"versions"]:
        root = b"/".join(parts[:-2])
        if parts[-3:-2] in ([b".pyenv"], [b"pyenv"]) or files.directory(joined(root, b"shims")) is not None:
            return "pyenv"
    if parts[-3:-1] == [b"uv", b"python"] or (is_standalone and parts[-1].startswith(b"cpython-")):
        return "uv"
    if is_standalone:
        return "standalone"
    if prefix in (b"usr", b"") and (not packages or any(_is_python(package) for package in packages)):
        return "distribution"
    return "source"


def _is_python(package: SystemPackage) -> bool:
    name = package.name.removeprefix("lib").removeprefix("platform-")
    return package.type in ("deb", "rpm", "apk") and name.startswith(("python", "pypy"))


def _by_library(installation: Installation) -> Evidence:
    """Nothing states the release: what is known is the series."""
    return Evidence(
        what=f"its library is that of Python {installation.python}",
        where=library_shown(installation),
        confidence=Confidence.LIKELY,
    )


def _contradictions(installation: Installation, statements: list[VersionStatement]) -> list[Finding]:
    """What states another release than the most trustworthy statement."""
    others = [each for each in statements if each.version != statements[0].version]
    if not others:
        return []
    shown = shown_path(installation.path)
    stated = "; ".join(f"{each.evidence.what} ({each.evidence.where})" for each in (statements[0], *others))
    return [
        Finding(
            id="interpreter-version-contradiction",
            level=Level.WARNING,
            message=f"{shown}: its release is stated differently: {stated}; {statements[0].version} is "
            "taken; install interpreter, library and headers of one release",
            subject=shown,
            location=Location(path=shown),
            evidence=tuple(each.evidence for each in (statements[0], *others)),
        )
    ]


def _without_library(installation: Installation) -> Finding:
    shown = shown_path(installation.path)
    return Finding(
        id="interpreter-without-library",
        level=Level.ERROR,
        message=f"{shown}: its standard library {library_shown(installation)} is not there, so it cannot "
        "start; copy the whole prefix, not the executable alone",
        subject=shown,
        location=Location(path=shown),
    )
