"""The platform tags of wheels that a target can install, best first."""

from __future__ import annotations

from collections.abc import Iterator

from images.errors import UnservedTargetError
from images.facts.architectures import machine_spelling
from images.facts.environment import RuntimeEnvironment

_MANYLINUX = frozenset(
    {
        *("x86_64", "i686", "aarch64", "armv7l", "armv8l"),
        *("ppc64", "ppc64le", "s390x", "riscv64", "loongarch64"),
    }
)
_OLDEST_MINOR_X86, _OLDEST_MINOR = 5, 17
_LEGACY_ALIASES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_WINDOWS_TAGS = {"x86_64": "win_amd64", "aarch64": "win_arm64", "i686": "win32"}


def platform_tags(environment: RuntimeEnvironment) -> list[str]:
    """The platform tags of a target, in the order of `packaging.tags.platform_tags`.

    Raises:
        UnservedTargetError: the kernel, the architecture or the version of macOS is not known, or wheels have
            no tags for it. An unknown C library is no error: only ``linux_<arch>`` is left then.

    Source: PEP 425, PEP 600, PEP 656.
    """
    kernel, arch = required(environment, "os.kernel"), required(environment, "arch")
    match kernel:
        case "linux":
            return list(_linux(arch, environment.text("libc.name"), environment.text("libc.version")))
        case "darwin":
            return _macos(arch, required(environment, "os.version"))
        case "windows" if arch in _WINDOWS_TAGS:
            return [_WINDOWS_TAGS[arch]]
        case "windows":
            raise UnservedTargetError("arch", arch)
        case _:
            raise UnservedTargetError("os.kernel", kernel)


def required(environment: RuntimeEnvironment, fact: str) -> str:
    """The value of a fact as text.

    Raises:
        UnservedTargetError: it is not known.
    """
    value = environment.text(fact)
    if value is None:
        raise UnservedTargetError(fact, None)
    return value


def leading_numbers(version: str, fact: str) -> tuple[int, int]:
    """Major and minor number of a version; a missing minor number is 0.

    Raises:
        UnservedTargetError: it does not begin with numbers, or they have more than two digits and would
            make too many tags.
    """
    numbers = [
        part for part in version.split(".")[:2] if part.isascii() and part.isdigit() and len(part) <= 2
    ]
    match [int(number) for number in numbers]:
        case [major, minor]:
            return major, minor
        case [major] if "." not in version:
            return major, 0
        case _:
            raise UnservedTargetError(fact, version)


def _linux(arch: str, libc: str | None, libc_version: str | None) -> Iterator[str]:
    # A 32-bit interpreter on a 64-bit ARM kernel runs what is built for the older architecture too.
    archs = ("armv8l", "armv7l") if arch == "armv8l" else (arch,)
    yield from (f"linux_{name}" for name in archs)
    if libc_version is None or libc not in ("glibc", "musl"):
        return
    major, minor = leading_numbers(libc_version, "libc.version")
    for name in archs:
        if libc == "musl":
            yield from (f"musllinux_{major}_{older}_{name}" for older in range(minor, -1, -1))
        elif name in _MANYLINUX:
            yield from _manylinux(name, major, minor)


def _manylinux(arch: str, major: int, minor: int) -> Iterator[str]:
    oldest = _OLDEST_MINOR_X86 if arch in ("x86_64", "i686") else _OLDEST_MINOR
    if major != 2:
        raise UnservedTargetError("libc.version", f"{major}.{minor}")
    for older in range(minor, oldest - 1, -1):
        yield f"manylinux_2_{older}_{arch}"
        if older in _LEGACY_ALIASES:
            yield f"{_LEGACY_ALIASES[older]}_{arch}"


def _macos(arch: str, version: str) -> list[str]:
    from packaging.tags import mac_platforms

    numbers = leading_numbers(version, "os.version")
    tags = list(mac_platforms(numbers, machine_spelling(arch, "darwin")))
    if not tags:
        raise UnservedTargetError("os.version", version)
    return tags
