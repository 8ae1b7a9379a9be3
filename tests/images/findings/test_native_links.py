from __future__ import annotations

import datetime

import pytest

from analyzers.evidence import Finding, Level
from fakes.elf_files import MUSL_LOADER, debian, executable, glibc, libstdcxx, shared
from fakes.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.elf_file import ElfFile
from images.environment import Fact
from images.findings.native_links import find
from images.image_config import ImageConfig
from images.records import Interpreter, PythonDistribution

TODAY = datetime.date(2026, 11, 26)
SITE = "/usr/lib/python3/dist-packages"
MODULE = b"usr/lib/python3/dist-packages/fast/_fast.cpython-311-x86_64-linux-gnu.so"
KNOWN = Catalog(
    facts={"arch": Fact(value="x86_64", source="x"), "libc.name": Fact(value="glibc", source="x")},
    interpreters=(
        Interpreter(
            path="/usr/bin/python3", kind="distribution", prefix="/usr", search_path=(SITE,), is_default=True
        ),
    ),
    distributions=(
        PythonDistribution(
            name="fast",
            version="1.0",
            interpreter="/usr/bin/python3",
            location=SITE,
            where=f"{SITE}/fast-1.0.dist-info",
        ),
    ),
)


def findings(
    module: ElfFile, more: dict[bytes, ElfFile] | None = None, known: Catalog = KNOWN
) -> tuple[Finding, ...]:
    elves, links = debian()
    return find(
        MemoryRoot({}, links, elves={**elves, MODULE: module, **(more or {})}), ImageConfig(), known, TODAY
    )


def test_a_module_that_finds_everything() -> None:
    module = shared(
        None,
        *("libstdc++.so.6", "libgcc_s.so.1", "libc.so.6", "ld-linux-x86-64.so.2"),
        libc_so_6=["GLIBC_2.34", "GLIBC_2.2.5"],
        ld_linux_x86_64_so_2=["GLIBC_2.2.5"],
    )
    assert findings(module) == ()


def test_a_module_built_for_a_newer_libc() -> None:
    (finding,) = findings(shared(None, "libc.so.6", libc_so_6=["GLIBC_2.2.5", "GLIBC_2.38", "GLIBC_2.39"]))
    assert (finding.id, finding.level, finding.subject) == ("symbol-version-missing", Level.ERROR, "fast")
    assert finding.message == "fast 1.0 was built for a newer libc.so.6 than the image has"
    assert finding.evidence[0].where == "/" + MODULE.decode()
    assert finding.evidence[0].what == (
        "it needs GLIBC_2.39 of libc.so.6, /usr/lib/x86_64-linux-gnu/libc.so.6 ends at GLIBC_2.36"
    )


def test_a_module_built_for_a_newer_cxx_library() -> None:
    requires = ElfFile(
        machine="x86_64",
        bits=64,
        needed=("libstdc++.so.6",),
        requires={"libstdc++.so.6": ("GLIBCXX_3.4.32",)},
    )
    (finding,) = findings(requires)
    assert "it needs GLIBCXX_3.4.32 of libstdc++.so.6" in finding.evidence[0].what
    assert finding.evidence[0].what.endswith("ends at GLIBCXX_3.4.30")


def test_a_newer_library_beside_the_module_serves() -> None:
    module = ElfFile(
        machine="x86_64",
        bits=64,
        needed=("libstdc++.so.6",),
        requires={"libstdc++.so.6": ("GLIBCXX_3.4.32",)},
        run_path=("$ORIGIN/../fast.libs",),
    )
    own = b"usr/lib/python3/dist-packages/fast.libs/libstdc++.so.6"
    assert findings(module, {own: libstdcxx(33)}) == ()


def test_a_library_without_versions_serves_whatever_is_asked() -> None:
    module = ElfFile(machine="x86_64", bits=64, needed=("libx.so.1",), requires={"libx.so.1": ("X_2",)})
    assert findings(module, {b"usr/lib/libx.so.1": shared("libx.so.1")}) == ()
    assert len(findings(module, {b"usr/lib/libx.so.1": shared("libx.so.1", provides=["X_1"])})) == 1


def test_a_library_that_is_nowhere() -> None:
    (finding,) = findings(shared(None, "libGL.so.1"))
    assert (finding.id, finding.level) == ("library-missing", Level.WARNING)
    assert finding.message == "fast 1.0 needs libGL.so.1, which nothing in the image provides"


@pytest.mark.parametrize(
    ("soname", "more"),
    [
        # The package that brings it may have loaded it before, as torch does for its extensions.
        ("libtorch.so", {b"opt/elsewhere/torch/lib/libtorch.so": shared("libtorch.so")}),
        ("libother.so.1", {b"opt/elsewhere/libother.so.1.2.3": shared("libother.so.1")}),
        # A container gets these from its host.
        ("libcuda.so.1", {}),
        ("libnvidia-ml.so.1", {}),
        ("libGLX_nvidia.so.0", {}),
    ],
)
def test_libraries_that_are_there_when_the_module_is_loaded(soname: str, more: dict[bytes, ElfFile]) -> None:
    assert findings(shared(None, soname), more) == ()


def test_many_modules_of_one_distribution_are_one_finding() -> None:
    more = {
        MODULE.replace(b"_fast", f"_m{number}".encode()): shared(None, "libGL.so.1") for number in range(20)
    }
    (finding,) = findings(shared(None, "libGL.so.1"), more)
    assert len(finding.evidence) == 5


def test_modules_of_the_standard_library_that_small_images_leave_without_are_for_information() -> None:
    tk = b"usr/lib/python3.11/lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so"
    (finding,) = findings(shared(None, "libc.so.6"), {tk: shared(None, "libtk8.6.so")})
    assert (finding.level, finding.subject) == (Level.INFO, "/" + tk.decode())


def test_programs_are_not_looked_at() -> None:
    script = b"usr/lib/python3/dist-packages/fast/bin/tool.so"
    assert findings(shared(), {script: executable("/lib64/nowhere.so")}) == ()


def test_glibc_modules_on_musl() -> None:
    loader = b"lib/ld-musl-x86_64.so.1"
    known = Catalog(
        facts={**KNOWN.facts, "libc.name": Fact(value="musl", source="x")},
        interpreters=KNOWN.interpreters,
        distributions=KNOWN.distributions,
    )
    elves = {
        b"usr/bin/python3": executable(MUSL_LOADER),
        loader: shared("libc.musl-x86_64.so.1"),
        MODULE: shared(None, "libc.so.6", libc_so_6=["GLIBC_2.17"]),
        MODULE.replace(b"_fast", b"_own"): shared(None, "libc.musl-x86_64.so.1", "libm.so.6"),
    }
    links = {b"lib/libc.musl-x86_64.so.1": b"ld-musl-x86_64.so.1"}
    found = find(MemoryRoot({}, links, elves=elves), ImageConfig(), known, TODAY)
    assert [(one.id, one.message) for one in found] == [
        ("libc-mismatch", "fast 1.0 was built for glibc; the image has musl")
    ]


def test_a_distribution_for_another_machine() -> None:
    (finding,) = findings(shared(None, "libc.so.6", machine="aarch64"))
    assert (finding.id, finding.level) == ("wrong-architecture", Level.ERROR)
    assert finding.message == "fast 1.0 is built for aarch64: its modules cannot be loaded"


def test_a_distribution_with_modules_for_several_machines() -> None:
    other = MODULE.replace(b"x86_64", b"aarch64")
    assert findings(shared(None, "libc.so.6"), {other: shared(machine="aarch64")}) == ()


def test_data_for_other_machines_is_no_module() -> None:
    helper = b"usr/lib/python3/dist-packages/fast/attach_linux_x86.so"
    assert findings(shared(None, "libc.so.6"), {helper: shared(None, "libc.so.6", machine="i686")}) == ()


def test_so_many_findings_are_cut_off() -> None:
    more = {MODULE: shared(None, *(f"libgone{number}.so" for number in range(1000)))}
    assert len(findings(shared(), more)) == 200


def test_the_libc_of_an_older_image() -> None:
    elves, links = debian()
    elves[b"usr/lib/x86_64-linux-gnu/libc.so.6"] = glibc(31)
    elves[MODULE] = shared(None, "libc.so.6", libc_so_6=["GLIBC_2.34"])
    (finding,) = find(MemoryRoot({}, links, elves=elves), ImageConfig(), KNOWN, TODAY)
    assert finding.evidence[0].what.endswith("ends at GLIBC_2.31")
