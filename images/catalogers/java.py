"""The Java runtime of an image, or that there is none: what bridges to programs in Java need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.evidence import Confidence
from analyzers.files import FileKind, FileReaderError, joined, read_file
from images.catalogers.catalog import Catalog
from images.catalogers.completeness import saw_everything
from images.facts.environment import ABSENT, Fact
from images.reports.image_config import ImageConfig
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

_LIMIT_BYTES = 64 * 1024
_HOMES = (b"usr/lib/jvm", b"usr/java", b"opt/java", b"opt")
_LIMIT_HOMES = 64
_PROGRAMS = (b"usr/bin/java", b"usr/local/bin/java", b"bin/java")
_VERSION = re.compile(rb'^JAVA_VERSION="([0-9][0-9._]{0,30})', re.MULTILINE)
_RELEASE = b"release"

WANTED = Wanted(names=frozenset({_RELEASE}), limit_bytes=_LIMIT_BYTES)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """``java.version``: of the runtime that ``JAVA_HOME`` or ``PATH`` leads to, else of the newest there is.

    Source: JEP 223 and the file ``release`` that every JDK and JRE since 7 has.
    """
    for home in (*_named(files, config), *sorted(_installed(files), reverse=True)):
        version = _version(files, home)
        if version is not None:
            where = shown_path(joined(home, _RELEASE))
            return Catalog(facts={"java.version": Fact(value=version, source=where)})
    program = next((real for path in _PROGRAMS if (real := led_to(files, path)) is not None), None)
    if program is not None:
        fact = Fact(value="java", source=shown_path(program), confidence=Confidence.LIKELY)
        return Catalog(facts={"java.version": fact})
    if not saw_everything(known):
        return Catalog()
    return Catalog(
        facts={"java.version": Fact(value=ABSENT, source="no program java and no directory of one")}
    )


def _named(files: RootFiles, config: ImageConfig) -> Iterator[bytes]:
    variables = (config.config.env or ()) if config.config else ()
    stated = (v.partition("=")[2] for v in variables if v.startswith("JAVA_HOME=/"))
    for place in stated:
        home = led_to(files, place.encode("utf-8", "surrogateescape"))
        if home is not None:
            yield home
    for path in _PROGRAMS:
        program = led_to(files, path)
        if program is not None and program.endswith(b"/bin/java"):
            home = program.removesuffix(b"/bin/java")
            yield home
            yield home.removesuffix(b"/jre")


def _installed(files: RootFiles) -> Iterator[bytes]:
    for above in _HOMES:
        real = led_to(files, above)
        try:
            children = files.list(real) if real is not None else ()
        except FileReaderError:
            continue
        for child in children[:_LIMIT_HOMES]:
            home = joined(real or b"", child.name)
            if led_to(files, joined(home, b"bin/java")) is not None:
                yield home


def _version(files: RootFiles, home: bytes) -> str | None:
    path = led_to(files, joined(home, _RELEASE))
    try:
        if path is None or files.stat(path).kind is not FileKind.FILE:
            return None
        found = _VERSION.search(read_file(files, path, _LIMIT_BYTES))
    except FileReaderError:
        return None
    return found[1].decode() if found else None
