from __future__ import annotations

import pytest
from packaging.version import Version

from fakes.searching.runs import target
from resolver.targets.builds import Build, build_of, gpu_vendor


@pytest.mark.parametrize(
    ("version", "build"),
    [
        ("2.1", None),
        ("2.1+local", None),
        ("2.1+custom", None),
        ("2.1+cpu", Build("none")),
        ("2.1+cpu.cxx11.abi", Build("none")),
        ("2.1+cu121", Build("nvidia", Version("12.1"))),
        ("1.0+cu92", Build("nvidia", Version("9.2"))),
        ("2.9+cu130", Build("nvidia", Version("13.0"))),
        ("0.4+cuda12", Build("nvidia", Version("12"))),
        ("0.4+cuda12.cudnn91", Build("nvidia", Version("12"))),
        ("2.1+cuda12.4", Build("nvidia", Version("12.4"))),
        ("2.1+rocm5.6", Build("amd")),
        ("2.1+xpu", Build("intel")),
    ],
)
def test_labels_tell_the_build(version: str, build: Build | None) -> None:
    assert build_of(Version(version)) == build


@pytest.mark.parametrize(
    ("facts", "served"),
    [
        ({"gpu_vendor": "nvidia"}, {"2.1+cu118", "2.1+cu124"}),
        ({"gpu_vendor": "nvidia", "cuda_max": "12.2"}, {"2.1+cu118"}),
        ({"gpu_vendor": "nvidia", "cuda_max": "no number"}, {"2.1+cu118", "2.1+cu124"}),
        ({"cuda_runtime": "11.8"}, {"2.1+cu118"}),
        ({"gpu_vendor": "none", "cuda_runtime": "11.8"}, set()),
        ({"gpu_vendor": "amd"}, {"2.1+rocm5.6"}),
        ({"rocm_version": "6.0"}, {"2.1+rocm5.6"}),
        ({}, set()),
    ],
)
def test_a_target_serves_builds_for_its_gpu_and_driver(facts: dict[str, str], served: set[str]) -> None:
    environment = target(**facts).environment
    versions = ("2.1+cpu", "2.1+cu118", "2.1+cu124", "2.1+rocm5.6")
    builds = {text: build_of(Version(text)) for text in versions}
    assert {text for text, build in builds.items() if build and build.is_served_by(environment)} == served


def test_what_is_known_to_be_absent_is_not_guessed() -> None:
    assert gpu_vendor(target(gpu_vendor="none", cuda_runtime="12.1").environment) is None
