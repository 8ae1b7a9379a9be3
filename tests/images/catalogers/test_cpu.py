from __future__ import annotations

import pytest

from analyzers.evidence import Confidence, Level
from fakes.images.elf_files import MULTIARCH, debian, executable, shared
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.cpu import catalog
from images.facts.environment import Fact
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig


def values(
    elves: dict[bytes, ElfFile], config: ImageConfig | None = None, known: Catalog | None = None
) -> dict[str, object]:
    found = catalog(MemoryRoot({}, elves=elves), config or ImageConfig(), known or Catalog())
    return {name: fact.value for name, fact in found.facts.items()}


def test_the_machine_of_the_images_python() -> None:
    elves, links = debian()
    found = catalog(MemoryRoot({}, links, elves=elves), ImageConfig(architecture="amd64"), Catalog())
    assert found.facts["arch"] == Fact(value="x86_64", source="/usr/bin/env")
    assert found.findings == ()


@pytest.mark.parametrize(
    ("architecture", "variant", "arch"),
    [
        ("amd64", None, "x86_64"),
        ("arm64", "v8", "aarch64"),
        ("arm", "v6", "armv6l"),
        ("arm", "v7", "armv7l"),
        ("arm", None, "armv7l"),
        ("386", None, "i686"),
        ("ppc64le", None, "ppc64le"),
    ],
)
def test_without_programs_the_configuration_is_believed(
    architecture: str, variant: str | None, arch: str
) -> None:
    assert values({}, ImageConfig(architecture=architecture, variant=variant)) == {"arch": arch}


def test_an_elf_file_does_not_tell_versions_of_arm_apart() -> None:
    elves = {b"bin/busybox": executable("/lib/ld-musl-armhf.so.1", machine="armv7l")}
    root, config = MemoryRoot({}, elves=elves), ImageConfig(architecture="arm", variant="v6")
    found = catalog(root, config, Catalog())
    assert (found.facts["arch"].value, found.findings) == ("armv6l", ())


def test_programs_for_graphics_processors_are_not_counted() -> None:
    kernels = {f"opt/kernels/{number}.cubin".encode(): shared(machine="cuda") for number in range(5)}
    assert values({**kernels, b"app/liba.so": shared(machine="aarch64")})["arch"] == "aarch64"
    assert values(kernels) == {}


@pytest.mark.parametrize(
    ("stated", "machine", "level"),
    [("arm64", "x86_64", Level.ERROR), ("amd64", "i686", Level.WARNING), ("arm64", "armv7l", Level.WARNING)],
)
def test_a_configuration_that_says_otherwise(stated: str, machine: str, level: Level) -> None:
    elves = {b"usr/bin/app": executable(machine=machine)}
    found = catalog(MemoryRoot({}, elves=elves), ImageConfig(architecture=stated), Catalog())
    assert found.facts["arch"].value == machine
    assert [(one.id, one.level, one.evidence[0].where) for one in found.findings] == [
        ("architecture-contradiction", level, "/usr/bin/app")
    ]


def test_the_highest_level_that_a_file_of_the_system_states() -> None:
    elves = {
        b"usr/bin/app": executable(),
        b"usr/lib/liba.so": shared(isa_level=2),
        b"usr/lib/libb.so": shared(isa_level=1),
        b"usr/lib/libother.so": shared(isa_level=4, machine="aarch64"),
        # Each of these is one of several copies, of which the fitting one is loaded.
        MULTIARCH + b"/glibc-hwcaps/x86-64-v3/liba.so": shared(isa_level=3),
        b"usr/lib/python3/dist-packages/fast/_avx512.so": shared(isa_level=4),
        b"srv/data/other-root/usr/lib/liba.so": shared(isa_level=4),
    }
    assert values(elves) == {"arch": "x86_64", "cpu.level.needed": 2, "libc.hwcaps": ("x86-64-v3",)}


@pytest.mark.parametrize(
    ("name", "version", "level"),
    [
        ("rhel", "9.4", 2),
        ("rocky", "10.0", 3),
        ("centos", "9", 2),
        ("debian", "12", None),
        ("almalinux", "10", None),
    ],
)
def test_what_distributions_are_built_for(name: str, version: str, level: int | None) -> None:
    facts = {"os.id": Fact(value=name, source="x"), "os.version": Fact(value=version, source="x")}
    root = MemoryRoot({}, elves={b"usr/bin/app": executable()})
    found = catalog(root, ImageConfig(), Catalog(facts=facts))
    fact = found.facts.get("cpu.level.needed")
    assert (None if fact is None else (fact.value, fact.confidence)) == (
        None if level is None else (level, Confidence.LIKELY)
    )
