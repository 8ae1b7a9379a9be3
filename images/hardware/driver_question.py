"""Asks NVIDIA's driver what its processors can do: on request alone, for it runs code of the machine.

A child process loads the driver's library: one that hangs or crashes must not take this program along.
"""

from __future__ import annotations

import subprocess
import sys

import msgspec

from analyzers.undecodable import UNDECODABLE
from images.facts.environment import Fact, FactValue

LIBRARY = "libcuda.so.1"

_LIMIT_ANSWER_BYTES = 64 * 1024

# Runs in the child, with the library's name as its argument. Source: CUDA Driver API; attributes 75 and 76
# are the major and the minor number of the compute capability.
_PROGRAM = """
import ctypes, json, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
cuda = ctypes.CDLL(sys.argv[1])
def ask(function, *arguments):
    if getattr(cuda, function)(*arguments) != 0:
        raise SystemExit(1)
def number(function, *arguments):
    found = ctypes.c_int()
    ask(function, ctypes.byref(found), *arguments)
    return found.value
ask("cuInit", 0)
devices = []
for place in range(min(number("cuDeviceGetCount"), 64)):
    device, name = number("cuDeviceGet", place), ctypes.create_string_buffer(256)
    ask("cuDeviceGetName", name, 256, device)
    major, minor = (number("cuDeviceGetAttribute", attribute, device) for attribute in (75, 76))
    devices.append({"name": name.value.decode("utf-8", "replace"), "major": major, "minor": minor})
print(json.dumps({"version": number("cuDriverGetVersion"), "devices": devices}))
"""


class _Device(msgspec.Struct, frozen=True):
    name: str
    major: int
    minor: int


class _Answer(msgspec.Struct, frozen=True):
    version: int
    devices: tuple[_Device, ...]


def driver_facts(library: str = LIBRARY, timeout_s: float = 10.0) -> dict[str, Fact]:
    """``gpu.count``, ``gpu.model``, ``gpu.sm`` and ``cuda.max`` as the driver says; nothing where it fails.

    Of several processors the least capable one counts: what is installed is to run on all of them.

    Args:
        library: the driver's, by its soname or its path.
        timeout_s: after which the child is ended.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, library],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=True,
            cwd="/",
        )
        answer = msgspec.json.decode(child.stdout[:_LIMIT_ANSWER_BYTES], type=_Answer)
    except (OSError, subprocess.SubprocessError, *UNDECODABLE):
        return {}
    values: dict[str, FactValue] = {
        "gpu.count": len(answer.devices),
        "cuda.max": f"{answer.version // 1000}.{answer.version % 1000 // 10}",
    }
    if answer.devices:
        least = min(answer.devices, key=lambda device: (device.major, device.minor))
        values |= {
            "gpu.vendor": "nvidia",
            "gpu.model": least.name,
            "gpu.sm": f"{least.major}.{least.minor}",
        }
    return {name: Fact(value=value, source=library) for name, value in values.items()}
