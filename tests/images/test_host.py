from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from images.facts.environment import FACT_NAMES, RuntimeEnvironment
from images.facts.tags import marker_environment, supported_tags
from images.host.facts import Running, host_environment, running

PROCESS = Running(
    python_version="3.12.7",
    implementation="cpython",
    implementation_version="3.12.7",
    extension_suffix=".cpython-312-x86_64-linux-musl.so",
    bits=64,
    system="Linux",
    machine="x86_64",
    release="6.8.0-45-generic",
    version="#45-Ubuntu SMP PREEMPT_DYNAMIC",
    libc=None,
    cores=4,
)
MEMINFO = "MemTotal:       16330940 kB\nMemFree:          511244 kB\n"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def values(environment: RuntimeEnvironment) -> dict[str, object]:
    return {name: environment[name] for name in environment}


def test_an_alpine_machine(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "etc/os-release": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n',
            "proc/meminfo": MEMINFO,
            "lib/ld-musl-x86_64.so.1": b"\x7fELF\x00...\x001.2.5\x00...",
        },
    )
    environment = host_environment(root, PROCESS)
    assert values(environment) == {
        "arch": "x86_64",
        "cores": 4,
        "libc.name": "musl",
        "libc.version": "1.2.5",
        "memory_bytes": 16330940 * 1024,
        "os.id": "alpine",
        "os.kernel": "linux",
        "os.kernel.release": "6.8.0-45-generic",
        "os.kernel.version": "#45-Ubuntu SMP PREEMPT_DYNAMIC",
        "os.version": "3.20.3",
        "python.abi": "cp312",
        "python.gil": True,
        "python.implementation": "cpython",
        "python.version": "3.12.7",
    }
    assert environment.facts["libc.version"].source == "/lib/ld-musl-x86_64.so.1"
    assert environment.facts["os.id"].source == "/etc/os-release"
    assert supported_tags(environment).rank("cp312-cp312-musllinux_1_2_x86_64") is not None


def test_a_machine_that_says_nothing_leaves_facts_unknown(tmp_path: Path) -> None:
    silent = msgspec.structs.replace(PROCESS, extension_suffix="", release="", version="", cores=None)
    assert values(host_environment(tmp_path, silent)) == {
        "arch": "x86_64",
        "os.kernel": "linux",
        "python.implementation": "cpython",
        "python.version": "3.12.7",
    }


def test_glibc_is_what_the_interpreter_is_linked_to_even_where_musl_is_installed(tmp_path: Path) -> None:
    root = write(tmp_path, {"lib/ld-musl-x86_64.so.1": b"\x001.2.5\x00"})
    environment = host_environment(root, msgspec.structs.replace(PROCESS, libc="glibc 2.36"))
    assert (environment["libc.name"], environment["libc.version"]) == ("glibc", "2.36")


def test_musl_without_a_readable_version(tmp_path: Path) -> None:
    environment = host_environment(write(tmp_path, {"lib/ld-musl-aarch64.so.1": b"\x7fELF"}), PROCESS)
    assert environment["libc.name"] == "musl"
    assert "libc.version" not in environment


def test_the_vendors_os_release_serves_where_the_administrators_is_missing(tmp_path: Path) -> None:
    environment = host_environment(
        write(tmp_path, {"usr/lib/os-release": "ID=fedora\nVERSION_ID=41\n"}), PROCESS
    )
    assert (environment["os.id"], environment["os.version"]) == ("fedora", "41")


@pytest.mark.parametrize(
    "meminfo", ["", "MemTotal: many kB\n", "MemTotal: 99999999999999999999 kB\n", "MemTotal:\n"]
)
def test_memory_that_cannot_be_read_is_not_known(tmp_path: Path, meminfo: str) -> None:
    assert "memory_bytes" not in host_environment(write(tmp_path, {"proc/meminfo": meminfo}), PROCESS)


@pytest.mark.parametrize(
    ("machine", "arch", "tag"),
    [("x86_64", "i686", "linux_i686"), ("aarch64", "armv8l", "linux_armv7l")],
)
def test_a_narrow_interpreter_on_a_wide_kernel(tmp_path: Path, machine: str, arch: str, tag: str) -> None:
    environment = host_environment(tmp_path, msgspec.structs.replace(PROCESS, machine=machine, bits=32))
    assert (environment["arch"], environment["os.kernel.arch"]) == (arch, machine)
    assert marker_environment(environment)["platform_machine"] == machine
    assert supported_tags(environment).rank(f"py3-none-{tag}") is not None


def test_pypy_states_its_own_version_too(tmp_path: Path) -> None:
    pypy = msgspec.structs.replace(
        PROCESS,
        python_version="3.10.14",
        implementation="pypy",
        implementation_version="7.3.17",
        extension_suffix=".pypy310-pp73-x86_64-linux-gnu.so",
    )
    environment = host_environment(tmp_path, pypy)
    assert marker_environment(environment)["implementation_version"] == "7.3.17"
    assert marker_environment(environment)["python_full_version"] == "3.10.14"
    assert supported_tags(environment).rank("pp310-pypy310_pp73-linux_x86_64") == 0


PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>ProductName</key><string>macOS</string>
<key>ProductVersion</key>{}</dict></plist>"""


@pytest.mark.parametrize(
    ("plist", "version"),
    [
        (PLIST.format("<string>14.5</string>"), "14.5"),
        (PLIST.format("<integer>14</integer>"), None),
        ("<plist><array/></plist>", None),
        ("<plist><dict></plist>", None),
        ("", None),
    ],
)
def test_a_mac(tmp_path: Path, plist: str, version: str | None) -> None:
    root = write(tmp_path, {"System/Library/CoreServices/SystemVersion.plist": plist})
    mac = msgspec.structs.replace(
        PROCESS, system="Darwin", machine="arm64", extension_suffix=".cpython-312-darwin.so"
    )
    environment = host_environment(root, mac)
    assert (environment["os.id"], environment["arch"], environment["libc.name"]) == (
        "darwin",
        "aarch64",
        "none",
    )
    assert environment.text("os.version") == version
    assert marker_environment(environment)["platform_machine"] == "arm64"


def test_this_process_is_described_as_the_standard_library_describes_it() -> None:
    process = running()
    assert process.python_version == platform.python_version().rstrip("+")
    assert (process.system, process.machine) == (platform.system(), platform.machine())
    assert (process.release, process.version) == (platform.release(), platform.version())
    if process.libc is not None:
        assert process.libc.split() == list(platform.libc_ver())
    assert process.cores is not None
    assert 1 <= process.cores <= (os.cpu_count() or 1)


def test_every_fact_of_this_machine_is_one_that_is_documented() -> None:
    assert {name for name in host_environment() if name not in FACT_NAMES} == set()


def test_reading_the_host_starts_no_process_and_loads_no_slow_module() -> None:
    code = (
        "import sys, images.facts.environment; before = set(sys.modules)\n"
        "from images.host.facts import host_environment; host_environment()\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "images.host.facts" in loaded
    assert {"packaging", "packaging.tags", "platform", "plistlib", "subprocess", "sysconfig"}.isdisjoint(
        loaded
    )
