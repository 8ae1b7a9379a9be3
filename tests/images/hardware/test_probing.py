from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzers.evidence import Confidence
from fakes.images.machines import (
    EPYC_FLAGS,
    PCI_IDS,
    arm_server,
    container,
    laptop_with_intel_graphics,
    memory,
    nvidia_driver,
    pci,
    recorded,
    server_with_a100s,
    server_with_mi210,
    virtual_machine,
    x86,
)
from images.facts.environment import FACT_NAMES, RuntimeEnvironment
from images.hardware.graphics import gfx_name
from images.hardware.nvidia_drivers import highest_cuda, own_cuda
from images.hardware.probing import hardware_environment
from images.host.facts import host_environment, running


def probed(root: Path, arch: str = "x86_64", **environ: str) -> RuntimeEnvironment:
    return hardware_environment(arch, environ, root)


def values(environment: RuntimeEnvironment) -> dict[str, object]:
    return {name: environment[name] for name in environment if name != "cpu.flags"}


def test_a_server_with_nvidia_processors_and_their_driver(tmp_path: Path) -> None:
    environment = probed(server_with_a100s(tmp_path))
    assert values(environment) == {
        "cores": 8,
        "cpu.level": 3,
        "cpu.microarchitecture": "zen2",
        "cpu.vendor": "amd",
        "cuda.max": "12.9",
        "display": False,
        "gpu.count": 2,
        "gpu.driver": "535.129.03",
        "gpu.model": "NVIDIA A100-SXM4-40GB",
        "gpu.vendor": "nvidia",
        "memory_bytes": 528_000_000 * 1024,
    }
    assert environment.facts["gpu.driver"].source == "/proc/driver/nvidia/version"
    assert environment.facts["cuda.max"].source == "driver 535.129.03"
    assert environment["cpu.flags"] == tuple(sorted(EPYC_FLAGS.split()))


def test_a_laptop_with_graphics_of_intel(tmp_path: Path) -> None:
    assert values(probed(laptop_with_intel_graphics(tmp_path), WAYLAND_DISPLAY="wayland-0")) == {
        "cores": 8,
        "cpu.level": 4,
        "cpu.microarchitecture": "icelake",
        "cpu.vendor": "intel",
        "cuda.max": "none",
        "display": True,
        "gpu.count": 1,
        "gpu.model": "Iris Xe Graphics",
        "gpu.vendor": "intel",
        "memory_bytes": 16_000_000 * 1024,
    }


def test_a_server_with_accelerators_of_amd(tmp_path: Path) -> None:
    assert values(probed(server_with_mi210(tmp_path))) == {
        "cores": 4,
        "cpu.level": 3,
        "cpu.microarchitecture": "zen2",
        "cpu.vendor": "amd",
        "cuda.max": "none",
        "display": False,
        "gpu.count": 2,
        "gpu.driver": "6.3.6",
        "gpu.gfx": "gfx90a",
        "gpu.model": "Instinct MI210",
        "gpu.vendor": "amd",
        "memory_bytes": 264_000_000 * 1024,
    }


def test_a_virtual_machine_has_no_graphics_processor_that_computes(tmp_path: Path) -> None:
    environment = probed(virtual_machine(tmp_path))
    assert values(environment) == {
        "cores": 2,
        "cpu.level": 2,
        "cpu.microarchitecture": "nehalem",
        "cpu.vendor": "intel",
        "cuda.max": "none",
        "display": False,
        "gpu.count": 0,
        "gpu.vendor": "none",
        "memory_bytes": 4_000_000 * 1024,
    }
    assert environment.facts["gpu.vendor"].confidence is Confidence.CERTAIN


def test_without_a_bus_nothing_is_known_of_graphics(tmp_path: Path) -> None:
    assert values(probed(arm_server(tmp_path), "aarch64")) == {
        "cores": 80,
        "cpu.microarchitecture": "neoverse_n1",
        "cpu.vendor": "arm",
        "display": False,
        "memory_bytes": 264_000_000 * 1024,
    }


def test_a_container_has_what_its_control_group_leaves(tmp_path: Path) -> None:
    environment = probed(container(tmp_path))
    assert (environment["memory_bytes"], environment["cores"]) == (2 << 30, 2)
    assert environment.facts["memory_bytes"].source == "/sys/fs/cgroup/memory.max"
    assert environment.facts["cores"].source == "/sys/fs/cgroup/cpu.max"
    assert "gpu.vendor" not in environment


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, (8192000, 4)),
        (
            {
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "1048576\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
            (1048576, 1),
        ),
        (
            {
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
            (8192000, 4),
        ),
        ({"sys/fs/cgroup/memory.max": "lots", "sys/fs/cgroup/cpu.max": "1 0"}, (8192000, 4)),
    ],
)
def test_limits_of_both_versions_of_control_groups(
    tmp_path: Path, files: dict[str, str], expected: tuple[int, int]
) -> None:
    environment = probed(recorded(tmp_path, x86("GenuineIntel", "fpu", 4), memory(8000), files))
    assert (environment["memory_bytes"], environment["cores"]) == expected


def test_a_processor_on_the_bus_without_a_driver_serves_no_cuda(tmp_path: Path) -> None:
    """As in a container that was not given the device, for it sees the bus of its host."""
    root = recorded(
        tmp_path,
        memory(1),
        pci("0000:01:00.0", 0x030000, 0x10DE, 0x1F95),
        {"usr/share/misc/pci.ids": PCI_IDS},
    )
    environment = probed(root)
    assert values(environment) == {
        "cuda.max": "none",
        "display": False,
        "gpu.count": 1,
        "gpu.driver": "none",
        "gpu.model": "GeForce GTX 1650 Ti Mobile",
        "gpu.vendor": "nvidia",
        "memory_bytes": 1024,
    }


def test_of_two_makes_the_one_is_named_that_more_packages_serve(tmp_path: Path) -> None:
    root = recorded(
        laptop_with_intel_graphics(tmp_path),
        pci("0000:01:00.0", 0x030200, 0x10DE, 0x1F95),
        nvidia_driver("580.95.05", open_module=True),
    )
    environment = probed(root)
    assert (environment["gpu.vendor"], environment["gpu.count"]) == ("nvidia", 1)
    assert (environment["gpu.driver"], environment["cuda.max"]) == ("580.95.05", "13.1")


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("dev/nvhost-gpu", {"gpu.vendor": "nvidia"}),
        ("usr/lib/wsl/lib/libcuda.so.1", {"gpu.vendor": "nvidia"}),
        ("dev/dxg", {}),
    ],
)
def test_processors_that_are_not_on_the_bus_are_not_denied(
    tmp_path: Path, path: str, known: dict[str, str]
) -> None:
    root = recorded(tmp_path, pci("0000:00:00.0", 0x060000, 0x1414, 1), {path: ""})
    found = {name: value for name, value in values(probed(root)).items() if name.startswith("gpu")}
    assert found == known


def test_a_renderer_that_is_not_on_the_bus_leaves_the_question_open(tmp_path: Path) -> None:
    root = recorded(
        tmp_path, pci("0000:00:00.0", 0x060000, 0x1414, 1), {"sys/class/drm/renderD128/device/uevent": ""}
    )
    assert "gpu.vendor" not in probed(root)


@pytest.mark.parametrize(
    "damage",
    [
        {"proc/cpuinfo": "\0\xff" * 1000},
        {"proc/cpuinfo": "flags : " + "x" * 100_000 + "\n"},
        {"proc/meminfo": "MemTotal: " + "9" * 4000 + " kB\n"},
        {"proc/driver/nvidia/version": "Kernel Module  not a version"},
        {"sys/bus/pci/devices/0000:00:00.0/class": "0x" + "f" * 3000},
        {"sys/class/kfd/kfd/topology/nodes/0/properties": "gfx_target_version 99999999999\n"},
    ],
)
def test_damaged_files_leave_facts_unknown(tmp_path: Path, damage: dict[str, str]) -> None:
    environment = probed(recorded(tmp_path, damage))
    assert {"cpu.microarchitecture", "memory_bytes", "gpu.driver", "gpu.gfx"}.isdisjoint(
        name for name in environment if environment[name] not in ("x86_64", "none")
    )


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("580.65.06", "13.0"),
        ("575.51.03", "12.9"),
        ("535.161.07", "12.2"),
        ("540.3", "12.2"),
        ("450.80.02", "11.0"),
        ("440.33", "10.2"),
        ("340.108", None),
        ("none", None),
    ],
)
def test_what_a_driver_has_itself(driver: str, cuda: str | None) -> None:
    assert own_cuda(driver) == cuda


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("580.65.06", "13.1"),
        ("575.64.03", "12.9"),
        ("525.60.13", "12.9"),
        ("525.60.12", "11.8"),
        ("470.256.02", "11.8"),
        ("450.36.06", "11.0"),
        ("384.81", "9.0"),
        ("340.108", None),
        ("none", None),
        ("580.65.06.1", None),
    ],
)
def test_what_a_driver_serves(driver: str, cuda: str | None) -> None:
    assert highest_cuda(driver) == cuda


@pytest.mark.parametrize(
    ("target", "name"),
    [(90010, "gfx90a"), (90402, "gfx942"), (100300, "gfx1030"), (110001, "gfx1101"), (80003, "gfx803")],
)
def test_names_of_amd_architectures(target: int, name: str) -> None:
    assert gfx_name(target) == name


def test_every_fact_is_one_that_is_documented() -> None:
    host = host_environment()
    environment = hardware_environment(str(host["arch"]), os.environ)
    assert {name for name in environment if name not in FACT_NAMES} == set()


def test_the_processor_of_this_machine_is_the_one_that_archspec_finds() -> None:
    if not Path("/proc/cpuinfo").exists():
        pytest.skip("this system has no /proc/cpuinfo")
    import archspec.cpu

    environment = hardware_environment(running().machine, {})
    assert environment.text("cpu.microarchitecture") == str(archspec.cpu.host())


def test_probing_starts_no_process_and_loads_no_driver() -> None:
    code = (
        "import sys, os\n"
        "refused = {'subprocess.Popen', 'os.fork', 'os.exec', 'os.posix_spawn', 'socket.connect'}\n"
        # The module ctypes opens the process itself when it is imported.
        "loads = lambda event, args: event == 'ctypes.dlopen' and args[0] is not None\n"
        "sys.addaudithook(lambda e, args: (e in refused or loads(e, args)) and os._exit(9))\n"
        "from images.hardware.probing import hardware_environment\n"
        "hardware_environment('x86_64', {})"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


Builder = Callable[[Path], Path]


@pytest.mark.parametrize("machine", [server_with_a100s, server_with_mi210, virtual_machine, container])
def test_a_machine_is_described_alike_twice(tmp_path: Path, machine: Builder) -> None:
    root = machine(tmp_path)
    assert probed(root) == probed(root)
