from __future__ import annotations

import datetime

import pytest

from analyzers.evidence import Finding, Level
from fakes.images.elf_files import MUSL_LOADER, debian, executable, glibc, libstdcxx, shared
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact
from images.findings.native_links import find
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter, PythonDistribution

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
    assert len(finding.evidence) == 10


def test_modules_of_the_standard_library_that_small_images_leave_without_are_for_information() -> None:
    tk = b"usr/lib/python3.11/lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so"
    (finding,) = findings(shared(None, "libc.so.6"), {tk: shared(None, "libtk8.6.so")})
    assert (finding.level, finding.subject) == (Level.INFO, "/" + tk.decode())


def test_what_lies_in_a_project_that_is_installed_in_place_is_not_looked_at() -> None:
    known = Catalog(
        facts=KNOWN.facts,
        interpreters=(
            Interpreter(
                path="/usr/bin/python3", kind="distribution", prefix="/usr", search_path=(SITE, "/srv/app")
            ),
        ),
    )
    other = {b"srv/app/cache/system/usr/lib/libx.so": shared("libx.so", "libgone.so")}
    assert findings(shared(), other, known) == ()
    own = {b"srv/app/fast/_own.cpython-311-x86_64-linux-gnu.so": shared(None, "libgone.so")}
    (finding,) = findings(shared(), own, known)
    assert (finding.subject, finding.level) == ("/srv/app/fast", Level.WARNING)


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


def test_many_libraries_are_counted_and_many_findings_cut_off() -> None:
    (finding,) = findings(shared(None, *(f"libgone{number}.so" for number in range(1000))))
    assert finding.message.startswith("fast 1.0 needs libgone0.so, libgone1.so, libgone10.so")
    assert finding.message.endswith("and 992 more, which nothing in the image provides")
    more = {
        MODULE.replace(b"/fast/", f"/m{number}/".encode()): shared(None, "libgone.so")
        for number in range(300)
    }
    assert len(findings(shared(), more)) == 200


def test_what_a_module_loads_counts_and_a_plugin_is_for_information() -> None:
    """As in a wheel that carries a toolkit: its extension module loads one part, plugins another."""
    libs = b"usr/lib/python3/dist-packages/fast.libs/"
    plugin = b"usr/lib/python3/dist-packages/fast/plugins/libplug.so"
    loaded = {
        libs + b"libgui-0123abcd.so.5": shared("libgui-0123abcd.so.5", "libGL.so.1", run_path=["$ORIGIN"])
    }
    plugins = {plugin: shared(None, "libxcb.so.1")}
    module = shared(None, "libgui-0123abcd.so.5", run_path=["$ORIGIN/../fast.libs"])
    (finding,) = findings(module, {**loaded, **plugins})
    assert (finding.level, finding.message) == (
        Level.WARNING,
        "fast 1.0 needs libGL.so.1, which nothing in the image provides",
    )
    (finding,) = findings(shared(), plugins)
    assert (finding.level, finding.subject) == (Level.INFO, "fast")


def test_a_module_with_a_plain_name_is_imported_too() -> None:
    (finding,) = findings(shared(), {b"usr/lib/python3/dist-packages/fast/_C.so": shared(None, "libgone.so")})
    assert finding.level is Level.WARNING


def test_the_libraries_of_a_wheel_tell_the_distribution_of_a_module_of_another_name() -> None:
    path = b"usr/lib/python3/dist-packages/cv2/cv2.abi3.so"
    module = shared(None, "libGL.so.1", run_path=["$ORIGIN/../fast.libs"])
    (finding,) = findings(
        shared(), {path: module, b"usr/lib/python3/dist-packages/fast.libs/liba.so": shared()}
    )
    assert (finding.subject, finding.level) == ("fast", Level.WARNING)
    (finding,) = findings(shared(), {path: shared(None, "libGL.so.1")})
    assert (finding.subject, finding.level) == ("/usr/lib/python3/dist-packages/cv2", Level.WARNING)


def test_long_names_take_no_longer() -> None:
    hostile = ["libnvidia-" + ".so" * 5000 + "\n", "lib" + "-0123abcd" * 1800]
    more = {MODULE.replace(b"_fast", f"_m{n}".encode()): shared(None, *hostile) for n in range(50)}
    (finding,) = findings(shared(), more)
    assert len(finding.message) < 400


def test_a_check_that_its_limit_ends_says_so() -> None:
    more = {MODULE.replace(b"_fast", f"_m{n}".encode()): shared(None, "/" * 16_000) for n in range(50)}
    (finding,) = findings(shared(None, "libgone.so"), more)
    assert (finding.id, finding.level) == ("library-check-incomplete", Level.INFO)


def test_the_libc_of_an_older_image() -> None:
    elves, links = debian()
    elves[b"usr/lib/x86_64-linux-gnu/libc.so.6"] = glibc(31)
    elves[MODULE] = shared(None, "libc.so.6", libc_so_6=["GLIBC_2.34"])
    (finding,) = find(MemoryRoot({}, links, elves=elves), ImageConfig(), KNOWN, TODAY)
    assert finding.evidence[0].what.endswith("ends at GLIBC_2.31")


def test_a_root_without_a_c_library_is_told_once() -> None:
    root = MemoryRoot({}, {}, elves={MODULE: shared(None, "libc.so.6", "libm.so.6", "libGL.so.1")})
    (finding,) = find(root, ImageConfig(), KNOWN, TODAY)
    assert (finding.id, finding.level) == ("library-missing", Level.INFO)
    assert finding.message.startswith("there is no C library, and native modules need one (1)")
    system = Catalog(
        facts={**KNOWN.facts, "os.id": Fact(value="debian", source="x")},
        interpreters=KNOWN.interpreters,
        distributions=KNOWN.distributions,
    )
    assert [one.level for one in find(root, ImageConfig(), system, TODAY)] == [Level.WARNING]
