from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from images.hardware.driver_question import driver_facts

DRIVER = """
#include <string.h>
#include <unistd.h>
static const int majors[] = {8, 7}, minors[] = {6, 5};
int cuInit(unsigned flags) { return %(start)s; }
int cuDriverGetVersion(int *found) { *found = 12040; return 0; }
int cuDeviceGetCount(int *found) { *found = %(count)d; return 0; }
int cuDeviceGet(int *found, int place) { *found = place; return 0; }
int cuDeviceGetName(char *name, int size, int device) {
    strncpy(name, device ? "Tesla T4" : "NVIDIA A10", size); return 0;
}
int cuDeviceGetAttribute(int *found, int attribute, int device) {
    *found = attribute == 75 ? majors[device] : minors[device]; return 0;
}
"""


def driver(directory: Path, *, start: str = "0", count: int = 2) -> str:
    """A library that answers as the driver's does, compiled here."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler (cc)")
    source, library = directory / "driver.c", directory / "libcuda.so.1"
    source.write_text(DRIVER % {"start": start, "count": count})
    built = subprocess.run(
        [compiler, "-w", "-shared", "-fPIC", "-o", library, source], capture_output=True, check=False
    )
    if built.returncode != 0:
        pytest.skip("the C compiler (cc) builds no shared library")
    return str(library)


pytestmark = pytest.mark.slow


def test_the_least_capable_of_several_processors_counts(tmp_path: Path) -> None:
    facts = driver_facts(driver(tmp_path))
    assert {name: fact.value for name, fact in facts.items()} == {
        "cuda.max": "12.4",
        "gpu.count": 2,
        "gpu.model": "Tesla T4",
        "gpu.sm": "7.5",
        "gpu.vendor": "nvidia",
    }


def test_a_driver_without_processors(tmp_path: Path) -> None:
    facts = driver_facts(driver(tmp_path, count=0))
    assert {name: fact.value for name, fact in facts.items()} == {"cuda.max": "12.4", "gpu.count": 0}


@pytest.mark.parametrize("start", ["100", "*(int *)0", "(sleep(60), 0)", '(write(1, "no JSON", 7), 0)'])
def test_a_driver_that_refuses_crashes_hangs_or_chatters_is_not_believed(tmp_path: Path, start: str) -> None:
    library, before = driver(tmp_path, start=start), time.monotonic()
    assert driver_facts(library, timeout_s=2.0) == {}
    assert time.monotonic() - before < 30


def test_without_a_driver_nothing_is_known() -> None:
    assert driver_facts("libcuda-that-is-nowhere.so.1") == {}
