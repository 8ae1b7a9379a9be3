"""Platform names as a user types them for a target, read into facts.

Three families are understood: target triples and aliases as uv has them (``linux``,
``x86_64-manylinux_2_28``, ``aarch64-apple-darwin``), platform tags of wheels (``musllinux_1_2_x86_64``,
``macosx_11_0_arm64``, ``win_amd64``), and container platforms (``linux/arm64``). What a name leaves open gets
a default, and the fact's source says so.

Source: PEP 425, PEP 600, PEP 656; ``uv pip compile --python-platform``; OCI image index, ``platform``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from images.errors import UnknownPlatformError
from images.facts.architectures import ARCHITECTURES, canonical_architecture, container_architecture
from images.facts.environment import ABSENT, Fact, FactValue, RuntimeEnvironment

_LONGEST_NAME = 100
_GLIBC, _MUSL, _MACOS = "2.28", "1.2", "13.0"
_LATER_GLIBC = {"armv7l": "2.31", "loongarch64": "2.36", "riscv64": "2.39"}
_LEGACY_GLIBC = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}

_NUMBERS = r"_(?P<major>[0-9]{1,2})_(?P<minor>[0-9]{1,2})"
_LIBC_TAG = re.compile(rf"(?P<family>manylinux|musllinux){_NUMBERS}")
_LINUX_TAG = re.compile(
    r"(?P<libc>linux|manylinux1|manylinux2010|manylinux2014|m(?:any|usl)linux_[0-9]+_[0-9]+)_(?P<arch>[a-z0-9_]+)"
)
_MACOS_TAG = re.compile(rf"macosx{_NUMBERS}_(?P<arch>[a-z0-9_]+)")

_SUGGESTIONS = (
    *("linux", "macos", "windows", "linux/amd64", "linux/arm64", "linux/arm/v7"),
    *("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "riscv64-unknown-linux"),
    *("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"),
    *("x86_64-manylinux2014", "x86_64-manylinux_2_28", "aarch64-manylinux2014", "aarch64-manylinux_2_28"),
    *("x86_64-musllinux_1_2", "aarch64-musllinux_1_2"),
    *("x86_64-apple-darwin", "aarch64-apple-darwin"),
    *("x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc", "i686-pc-windows-msvc"),
    *("manylinux2014_x86_64", "manylinux2014_aarch64", "manylinux_2_28_x86_64", "manylinux_2_28_aarch64"),
    *("musllinux_1_2_x86_64", "musllinux_1_2_aarch64", "linux_x86_64", "linux_aarch64"),
    *("macosx_11_0_arm64", "macosx_11_0_x86_64", "win_amd64", "win_arm64", "win32"),
)


class _Platform(NamedTuple):
    """What a name states; `version` is that of the C library on Linux and of the system on macOS."""

    kernel: str
    arch: str
    libc: str | None = None
    version: str | None = None
    level: int | None = None
    arch_is_open: bool = False


def platform_target(name: str, source: str = "command line") -> RuntimeEnvironment:
    """The facts that a platform name states, and defaults for what it leaves open.

    Defaults: x86_64; glibc 2.28 (later where wheels begin later: armv7l
    2.31, loongarch64 2.36, riscv64 2.39), or musl 1.2 where musl is named; macOS 13.0 on
    ``aarch64``. They are uv's where uv has the name.

    Raises:
        UnknownPlatformError: no family of names has this one.
    """
    stated, defaults = _facts(_read(name))
    return _made(stated, source).overridden_by(_made(defaults, f"{source}, default of {_lowered(name)}"))


def stated_target(name: str, source: str) -> RuntimeEnvironment:
    """The facts that a platform name states, and nothing for what it leaves open.

    Raises:
        UnknownPlatformError: no family of names has this one.
    """
    return _made(_facts(_read(name))[0], source)


def container_platform(environment: RuntimeEnvironment) -> str | None:
    """The name of a platform in the container world, such as ``linux/arm64``; None where it is not known.

    Source: OCI image index, ``platform``; the names of architectures are those of Go's ``GOARCH``.
    """
    kernel, arch = environment.text("os.kernel"), environment.text("arch")
    if kernel is None or arch is None:
        return None
    return f"{kernel}/{container_architecture(arch)}"


def _lowered(name: str) -> str:
    return name.strip().lower()


def _read(name: str) -> _Platform:
    lowered = _lowered(name)
    readers: tuple[Callable[[str], _Platform | None], ...] = (_alias, _container, _triple, _wheel_tag)
    platform = None
    if len(lowered) <= _LONGEST_NAME:
        platform = next(filter(None, (reader(lowered) for reader in readers)), None)
    if platform is None or platform.arch not in ARCHITECTURES[platform.kernel]:
        raise UnknownPlatformError(name, _near(lowered))
    return platform


def _made(values: dict[str, FactValue], source: str) -> RuntimeEnvironment:
    return RuntimeEnvironment(
        facts={name: Fact(value=value, source=source) for name, value in values.items()}
    )


def _facts(platform: _Platform) -> tuple[dict[str, FactValue], dict[str, FactValue]]:
    stated: dict[str, FactValue] = {"os.kernel": platform.kernel}
    defaults: dict[str, FactValue] = {}
    (defaults if platform.arch_is_open else stated)["arch"] = platform.arch
    if platform.level is not None:
        stated["cpu.level"] = platform.level
    if platform.kernel == "linux":
        libc = platform.libc or "glibc"
        (stated if platform.libc else defaults)["libc.name"] = libc
        default = _MUSL if libc == "musl" else _LATER_GLIBC.get(platform.arch, _GLIBC)
        (stated if platform.version else defaults)["libc.version"] = platform.version or default
        return stated, defaults
    stated |= {"os.id": platform.kernel, "libc.name": ABSENT}
    if platform.kernel == "darwin":
        (stated if platform.version else defaults)["os.version"] = platform.version or _MACOS
    return stated, defaults


def _alias(name: str) -> _Platform | None:
    match name:
        case "linux":
            return _Platform("linux", "x86_64", arch_is_open=True)
        case "macos" | "darwin":
            return _Platform("darwin", "aarch64", arch_is_open=True)
        case "windows":
            return _Platform("windows", "x86_64", arch_is_open=True)
        case _:
            return None


def _container(name: str) -> _Platform | None:
    match name.split("/"):
        case ["linux" | "windows" as kernel, "arm", "v6" | "v7" as variant]:
            return _Platform(kernel, canonical_architecture(f"arm{variant}"))
        case ["linux" | "windows" as kernel, "amd64", "v1" | "v2" | "v3" | "v4" as variant]:
            return _Platform(kernel, "x86_64", level=int(variant[1]))
        case ["linux" | "windows" as kernel, "arm64", "v8"]:
            return _Platform(kernel, "aarch64")
        case ["linux" | "windows" as kernel, arch]:
            return _Platform(kernel, canonical_architecture(arch))
        case _:
            return None


def _triple(name: str) -> _Platform | None:
    arch, _, system = name.partition("-")
    arch = canonical_architecture(arch)
    match system:
        case "unknown-linux":
            return _Platform("linux", arch)
        case "unknown-linux-gnu" | "unknown-linux-gnueabihf":
            return _Platform("linux", arch, "glibc")
        case "unknown-linux-musl" | "unknown-linux-musleabihf":
            return _Platform("linux", arch, "musl")
        case "apple-darwin":
            return _Platform("darwin", arch)
        case "pc-windows-msvc":
            return _Platform("windows", arch)
        case _:
            return _linux(system, arch)


def _wheel_tag(name: str) -> _Platform | None:
    if name in ("win32", "win_amd64", "win_arm64"):
        return _Platform("windows", "i686" if name == "win32" else canonical_architecture(name[4:]))
    if macos := _MACOS_TAG.fullmatch(name):
        version = f"{int(macos['major'])}.{int(macos['minor'])}"
        return _Platform("darwin", canonical_architecture(macos["arch"]), version=version)
    if linux := _LINUX_TAG.fullmatch(name):
        arch = canonical_architecture(linux["arch"])
        return _Platform("linux", arch) if linux["libc"] == "linux" else _linux(linux["libc"], arch)
    return None


def _linux(libc: str, arch: str) -> _Platform | None:
    if libc in _LEGACY_GLIBC:
        return _Platform("linux", arch, "glibc", _LEGACY_GLIBC[libc])
    if tag := _LIBC_TAG.fullmatch(libc):
        family = "musl" if tag["family"] == "musllinux" else "glibc"
        return _Platform("linux", arch, family, f"{int(tag['major'])}.{int(tag['minor'])}")
    return None


def _near(name: str) -> tuple[str, ...]:
    import difflib

    return tuple(difflib.get_close_matches(name[:_LONGEST_NAME], _SUGGESTIONS, n=3, cutoff=0.6))
