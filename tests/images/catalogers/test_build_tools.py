from __future__ import annotations

import pytest

from analyzers.reports import Unknown
from fakes.images.roots import MemoryRoot
from images.catalogers.build_tools import catalog
from images.catalogers.catalog import Catalog
from images.facts.environment import FACT_NAMES, Fact
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.records import Interpreter, SystemPackage

ARCH = {"arch": Fact(value="x86_64", source="test")}
DEBIAN = {
    b"usr/bin/x86_64-linux-gnu-gcc-12": b"",
    b"usr/bin/x86_64-linux-gnu-g++-12": b"",
    b"usr/lib/gcc/x86_64-linux-gnu/12/cc1": b"",
    b"usr/bin/make": b"",
    b"usr/include/stdio.h": b"",
    b"usr/include/x86_64-linux-gnu/ffi.h": b"",
    b"usr/include/postgresql/libpq-fe.h": b"",
}
DEBIAN_LINKS = {
    b"bin": b"usr/bin",
    b"usr/bin/gcc": b"gcc-12",
    b"usr/bin/gcc-12": b"x86_64-linux-gnu-gcc-12",
    b"usr/bin/cc": b"/etc/alternatives/cc",
    b"etc/alternatives/cc": b"/usr/bin/gcc",
    b"usr/bin/g++": b"x86_64-linux-gnu-g++-12",
}


def python(has_headers: bool) -> Interpreter:
    return Interpreter(
        path="/usr/bin/python3", kind="distribution", prefix="/usr", is_default=True, has_headers=has_headers
    )


def values(
    files: dict[bytes, bytes],
    links: dict[bytes, bytes] | None = None,
    env: tuple[str, ...] = (),
    known: Catalog | None = None,
) -> dict[str, object]:
    config = ImageConfig(config=RunConfig(env=env))
    found = catalog(MemoryRoot(files, links), config, known or Catalog(facts=ARCH))
    return {name: fact.value for name, fact in found.facts.items()}


def test_debian_with_build_essential() -> None:
    known = Catalog(facts=ARCH, interpreters=(python(True),))
    assert values(DEBIAN, DEBIAN_LINKS, known=known) == {
        "compiler.c": "gcc 12",
        "compiler.cxx": "g++ 12",
        "compiler.fortran": "none",
        "compiler.rust": "none",
        "compiler.cuda": "none",
        "build.tools": ("make",),
        "build.headers": ("libffi", "libpq"),
        "build.extensions": True,
    }


def test_a_slim_image_can_build_nothing_and_why() -> None:
    known = Catalog(facts=ARCH, interpreters=(python(True),))
    found = catalog(MemoryRoot({b"usr/bin/env": b""}), ImageConfig(), known)
    assert found.facts["compiler.c"].value == "none"
    assert found.facts["build.tools"].value == "none"
    assert found.facts["build.extensions"].value is False
    assert found.facts["build.extensions"].source == "no C compiler, no headers of the C library"
    assert set(found.facts) <= set(FACT_NAMES)


@pytest.mark.parametrize(
    ("left_out", "headers", "why"),
    [
        (b"usr/include/stdio.h", True, "no headers of the C library"),
        (b"", False, "no Python headers for /usr/bin/python3"),
    ],
)
def test_a_compiler_alone_is_not_enough(left_out: bytes, headers: bool, why: str) -> None:
    files = {path: content for path, content in DEBIAN.items() if path != left_out}
    known = Catalog(facts=ARCH, interpreters=(python(headers),))
    fact = catalog(MemoryRoot(files, DEBIAN_LINKS), ImageConfig(), known).facts["build.extensions"]
    assert (fact.value, fact.source) == (False, why)


def test_without_a_python_it_is_not_said_whether_its_extensions_can_be_built() -> None:
    assert "build.extensions" not in values(DEBIAN, DEBIAN_LINKS)


@pytest.mark.parametrize(
    ("files", "links", "compiler"),
    [
        ({b"usr/bin/gcc": b"", b"usr/lib/gcc/x86_64-alpine-linux-musl/13.2.1/cc1": b""}, {}, "gcc 13.2.1"),
        ({b"usr/bin/gcc": b"", b"usr/lib/gcc/x/9/a": b"", b"usr/lib/gcc/x/12/a": b""}, {}, "gcc 12"),
        ({b"usr/lib/llvm-14/bin/clang": b""}, {b"usr/bin/clang": b"../lib/llvm-14/bin/clang"}, "clang 14"),
        ({b"usr/bin/clang": b""}, {}, "clang"),
        ({b"usr/bin/gcc": b"", b"usr/lib/gcc/x/not-a-version/a": b""}, {}, "gcc"),
        ({b"usr/bin/other": b""}, {b"usr/bin/gcc": b"gone"}, "none"),
        ({b"usr/bin/gcc/a": b""}, {}, "none"),
    ],
)
def test_compilers(files: dict[bytes, bytes], links: dict[bytes, bytes], compiler: str) -> None:
    assert values(files, links)["compiler.c"] == compiler


def test_a_package_tells_the_version_that_names_do_not() -> None:
    package = SystemPackage(name="gcc", version="11.4.1-3.el9", type="rpm", where="/var/lib/rpm/rpmdb.sqlite")
    assert values({b"usr/bin/gcc": b""}, known=Catalog(packages=(package,)))["compiler.c"] == "gcc 11.4.1"


def test_programs_are_looked_for_on_the_images_path() -> None:
    files = {b"opt/tools/bin/gcc": b"", b"usr/bin/make": b""}
    assert values(files, env=("PATH=/opt/tools/bin:relative",))["compiler.c"] == "gcc"
    assert values(files, env=("PATH=/opt/tools/bin:relative",))["build.tools"] == "none"


def test_rust_where_its_installer_puts_it() -> None:
    files = {
        b"usr/local/cargo/bin/rustup": b"",
        b"usr/local/rustup/toolchains/1.75.0-x86_64-unknown-linux-gnu/a": b"",
    }
    links = {b"usr/local/cargo/bin/rustc": b"rustup", b"usr/local/cargo/bin/cargo": b"rustup"}
    found = values(files, links)
    assert (found["compiler.rust"], found["build.tools"]) == ("rustc 1.75.0", ("cargo",))


def test_what_was_not_completely_read_is_not_known_to_be_without() -> None:
    known = Catalog(
        interpreters=(python(False),), unknowns=(Unknown(what="layer", where="sha256:0", reason="truncated"),)
    )
    assert values({}, known=known) == {}
