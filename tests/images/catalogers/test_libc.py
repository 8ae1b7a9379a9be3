from __future__ import annotations

import pytest

from fakes.images.elf_files import MULTIARCH, MUSL_LOADER, debian, executable, glibc, libstdcxx, shared
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.libc import WANTED, catalog, highest_version
from images.native.elf import parse_elf
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter, SystemPackage

PYTHON = Interpreter(path="/usr/bin/python3", kind="distribution", prefix="/usr", is_default=True)


def facts(root: MemoryRoot, known: Catalog | None = None) -> dict[str, object]:
    return {name: fact.value for name, fact in catalog(root, ImageConfig(), known or Catalog()).facts.items()}


def test_debian() -> None:
    elves, links = debian()
    root = MemoryRoot({}, links, elves=elves, layers=dict.fromkeys(elves, 0))
    packages = (SystemPackage(name="libc6", version="2.36-9", type="deb", where="/var/lib/dpkg/status"),)
    found = catalog(root, ImageConfig(), Catalog(interpreters=(PYTHON,), packages=packages))
    assert {name: fact.value for name, fact in found.facts.items()} == {
        "libc.name": "glibc",
        "libc.version": "2.36",
        "libstdcxx.glibcxx": "3.4.30",
        "libstdcxx.cxxabi": "1.3.13",
    }
    assert found.facts["libc.version"].source == "/usr/lib/x86_64-linux-gnu/libc.so.6"
    assert [(one.name, one.version, one.provider, one.layer) for one in found.libraries] == [
        ("glibc", "2.36", "deb", 0),
        ("libgcc", None, "deb", 0),
        ("libstdc++", "6.0.30", "deb", 0),
    ]
    assert [evidence.what for evidence in found.libraries[0].evidence] == [
        "it names the loader /lib64/ld-linux-x86-64.so.2",
        "its newest symbol version is GLIBC_2.36",
    ]


def test_an_image_without_python_is_known_by_its_programs() -> None:
    elves, links = debian()
    del elves[b"usr/bin/python3.11"]
    assert facts(MemoryRoot({}, links, elves=elves))["libc.version"] == "2.36"


def test_the_libc_of_a_compilers_sysroot_is_not_the_images() -> None:
    elves, links = debian()
    sysroot = b"opt/conda/x86_64-conda-linux-gnu/sysroot/lib64/libc.so.6"
    assert facts(MemoryRoot({}, links, elves={**elves, sysroot: glibc(40)}))["libc.version"] == "2.36"


def test_a_system_without_common_directories() -> None:
    """As Nix has it: the loader stands beside its libc, and nothing is where it is elsewhere."""
    store = b"nix/store/abc-glibc-2.40/lib"
    elves = {
        b"nix/store/xyz-python/bin/python3.12": executable(f"/{store.decode()}/ld-linux-x86-64.so.2"),
        store + b"/ld-linux-x86-64.so.2": shared(),
        store + b"/libc.so.6": glibc(40),
    }
    interpreter = Interpreter(path="/nix/store/xyz-python/bin/python3.12", kind="source", prefix="/nix")
    known = Catalog(interpreters=(interpreter,))
    assert facts(MemoryRoot({}, elves=elves), known)["libc.version"] == "2.40"


MUSL = b"\x7fELF\0musl libc\0\x001.2.5\0"


@pytest.mark.parametrize(
    ("content", "packages", "version"),
    [
        (MUSL, (), "1.2.5"),
        (
            b"\x7fELF",
            (SystemPackage(name="musl", version="1.2.4-r1", type="apk", where="/lib/apk/db/installed"),),
            "1.2.4",
        ),
        (b"\x7fELF", (), None),
    ],
)
def test_alpine(content: bytes, packages: tuple[SystemPackage, ...], version: str | None) -> None:
    loader = b"lib/ld-musl-x86_64.so.1"
    root = MemoryRoot({loader: content}, elves={b"bin/busybox": executable(MUSL_LOADER)})
    found = facts(root, Catalog(packages=packages))
    assert found.pop("libc.name") == "musl"
    assert found == ({} if version is None else {"libc.version": version})
    assert loader.rpartition(b"/")[2] in WANTED.names


def test_of_several_copies_the_one_counts_that_python_would_load() -> None:
    elves, links = debian()
    elves[b"opt/conda/bin/python3.12"] = executable(run_path=["$ORIGIN/../lib"])
    elves[b"opt/conda/lib/libstdc++.so.6.0.33"] = libstdcxx(33, 15)
    links[b"opt/conda/lib/libstdc++.so.6"] = b"libstdc++.so.6.0.33"
    conda = Interpreter(path="/opt/conda/bin/python3.12", kind="conda", prefix="/opt/conda", is_default=True)
    record = SystemPackage(
        name="libstdcxx", version="14.2.0", type="conda", where="/opt/conda/conda-meta/libstdcxx-14.2.0.json"
    )
    found = catalog(
        MemoryRoot({}, links, elves=elves),
        ImageConfig(),
        Catalog(interpreters=(conda, PYTHON), packages=(record,)),
    )
    assert found.facts["libstdcxx.glibcxx"].value == "3.4.33"
    assert found.facts["libstdcxx.glibcxx"].source == "/opt/conda/lib/libstdc++.so.6.0.33"
    assert [(one.path, one.provider) for one in found.libraries if one.name == "libstdc++"] == [
        ("/opt/conda/lib/libstdc++.so.6.0.33", "conda"),
        ("/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", None),
    ]


def test_a_copy_that_auditwheel_renamed_is_one_too() -> None:
    path = b"usr/lib/python3/dist-packages/fast.libs/libgomp-a34b3233.so.1.0.0"
    root = MemoryRoot({}, elves={path: shared("libgomp-a34b3233.so.1.0.0")})
    assert [one.name for one in catalog(root, ImageConfig(), Catalog()).libraries] == ["libgomp"]


def test_an_empty_root_has_no_libc() -> None:
    assert catalog(MemoryRoot({}), ImageConfig(), Catalog()) == Catalog()


@pytest.mark.parametrize(
    ("provided", "name", "highest"),
    [
        (("GLIBC_2.9", "GLIBC_2.36", "GLIBC_2.2.5", "GLIBC_PRIVATE"), "GLIBC", "2.36"),
        (("GLIBCXX_3.4.9", "GLIBCXX_3.4.30", "GLIBCXX_DEBUG_MESSAGE_LENGTH"), "GLIBCXX", "3.4.30"),
        (("GLIBC_" + "9" * 5000,), "GLIBC", None),
        ((), "CXXABI", None),
    ],
)
def test_the_highest_version(provided: tuple[str, ...], name: str, highest: str | None) -> None:
    assert highest_version(provided, name) == highest


def test_the_cataloger_reads_the_libc_of_this_machine_as_its_interpreter_does() -> None:
    import os
    from pathlib import Path

    path = Path("/") / MULTIARCH.decode() / "libc.so.6"
    text = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else None
    if not path.exists() or text is None:
        pytest.skip("this machine has no glibc for x86-64 where Debian has it")
    content = path.read_bytes()
    elf = parse_elf(lambda offset, length: content[offset : offset + length])
    assert elf is not None
    assert f"glibc {highest_version(elf.provides, 'GLIBC')}" == text
