from __future__ import annotations

import pytest

from fakes.images.elf_files import MULTIARCH, debian, executable, libstdcxx, shared
from fakes.images.roots import MemoryRoot
from images.native.elf_file import ElfFile
from images.native.loading import LibrarySearch, run_path_directories
from images.reports.image_config import ImageConfig, RunConfig

MODULE = b"usr/lib/python3/dist-packages/fast/_fast.so"
PLAIN = ImageConfig()


def found(
    root: MemoryRoot,
    soname: str,
    elf: ElfFile | None = None,
    config: ImageConfig = PLAIN,
    path: bytes = MODULE,
) -> list[bytes]:
    return list(LibrarySearch(root, config).candidates(soname, path, elf or shared()))


def test_the_systems_directories_come_last_and_links_are_followed() -> None:
    elves, links = debian()
    assert found(MemoryRoot({}, links, elves=elves), "libstdc++.so.6") == [
        MULTIARCH + b"/libstdc++.so.6.0.30"
    ]


def test_the_files_own_search_path_comes_first() -> None:
    elves, links = debian()
    own = b"usr/lib/python3/dist-packages/fast.libs/libstdc++.so.6"
    root = MemoryRoot({}, links, elves={**elves, own: libstdcxx(), MODULE: shared()})
    assert found(root, "libstdc++.so.6", shared(run_path=["/nowhere:$ORIGIN/../fast.libs"])) == [
        own,
        MULTIARCH + b"/libstdc++.so.6.0.30",
    ]


def test_the_search_path_of_the_program_reaches_its_libraries() -> None:
    own = b"opt/conda/lib/libstdc++.so.6.0.33"
    program = (b"opt/conda/bin/python3.12", executable(run_path=["$ORIGIN/../lib"]))
    links = {b"opt/conda/lib/libstdc++.so.6": b"libstdc++.so.6.0.33"}
    root = MemoryRoot({}, links, elves={own: libstdcxx(), program[0]: program[1]})
    search = LibrarySearch(root, PLAIN)
    assert list(search.candidates("libstdc++.so.6", MODULE, shared(), [program])) == [own]
    assert list(search.candidates("libstdc++.so.6", MODULE, shared())) == []


def test_configured_directories_with_includes() -> None:
    root = MemoryRoot(
        {
            b"etc/ld.so.conf": b"# first\ninclude ld.so.conf.d/*.conf\n/opt/a/lib\n",
            b"etc/ld.so.conf.d/z.conf": b"/opt/z/lib # tail\n",
            b"etc/ld.so.conf.d/readme": b"/opt/readme\n",
        },
        elves={
            directory + b"/libx.so": shared("libx.so")
            for directory in (b"opt/a/lib", b"opt/z/lib", b"opt/readme")
        },
    )
    assert found(root, "libx.so") == [b"opt/a/lib/libx.so", b"opt/z/lib/libx.so"]


def test_files_that_include_themselves_end() -> None:
    root = MemoryRoot(
        {b"etc/ld.so.conf": b"include ld.so.conf\ninclude /etc/*.conf\n/a\n"}, elves={b"a/libx.so": shared()}
    )
    assert found(root, "libx.so") == [b"a/libx.so"]


def test_musl_has_a_file_of_paths() -> None:
    root = MemoryRoot({b"etc/ld-musl-x86_64.path": b"/a:/b\n/c\n"}, elves={b"c/libx.so": shared()})
    assert found(root, "libx.so") == [b"c/libx.so"]


def test_the_environment_comes_before_what_is_configured() -> None:
    config = ImageConfig(config=RunConfig(env=("LD_LIBRARY_PATH=/env::relative:/none",)))
    root = MemoryRoot(
        {b"etc/ld.so.conf": b"/conf\n"}, elves={b"env/libx.so": shared(), b"conf/libx.so": shared()}
    )
    assert found(root, "libx.so", config=config) == [b"env/libx.so", b"conf/libx.so"]


def test_a_library_for_another_machine_is_passed_over() -> None:
    root = MemoryRoot({}, elves={b"lib/libx.so": shared(machine="i686"), b"usr/lib/libx.so": shared()})
    assert found(root, "libx.so") == [b"usr/lib/libx.so"]


@pytest.mark.parametrize("soname", ["libx.so", "", "a\0b", "../lib/libx.so", "/", "x" * 100_000])
def test_names_that_lead_nowhere(soname: str) -> None:
    assert found(MemoryRoot({b"lib/text": b""}), soname) == []


def test_what_cannot_be_expanded_is_left_out() -> None:
    elf = shared(run_path=["$LIB/a:relative:${ORIGIN}/b:/c", ""])
    assert list(run_path_directories(b"d/e.so", elf)) == [b"/d/b", b"/c"]


@pytest.mark.parametrize("path", ["/lib/../" * 2000 + "libx.so", "./" * 8000 + "lib/libx.so"])
def test_long_paths_are_followed_a_limited_number_of_times(path: str) -> None:
    search = LibrarySearch(MemoryRoot({}, elves={b"lib/libx.so": shared()}), PLAIN)
    followed = 0
    while not search.exhausted:
        followed += len(list(search.candidates(path, MODULE, shared())))
    assert followed < 250


@pytest.mark.slow
def test_search_paths_of_many_directories_are_followed_a_limited_number_of_times() -> None:
    search = LibrarySearch(MemoryRoot({}, elves={b"lib/libx.so": shared()}), PLAIN)
    count = 0
    while not search.exhausted:
        elf = shared(run_path=[":".join(f"/d{count}/{number}" for number in range(250))])
        list(search.candidates("libx.so", f"m{count}.so".encode(), elf))
        count += 1
    assert count < 1000


@pytest.mark.slow
def test_so_many_lookups_end() -> None:
    elves = {b"lib/libx.so": shared()}
    search = LibrarySearch(MemoryRoot({}, elves=elves), PLAIN)
    names = iter(range(250_000))
    while not search.exhausted:
        assert list(search.candidates(f"lib{next(names)}.so", MODULE, shared())) == []
