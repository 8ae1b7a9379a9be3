"""Libraries for graphics processors that nothing uses, do not go together, or ask for a newer driver."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from analyzers.evidence import Confidence, Evidence, Finding, Level
from images.catalogers.catalog import Catalog
from images.catalogers.cuda import gpu_libraries
from images.catalogers.library_kinds import GPU_FAMILIES
from images.catalogers.native_libraries import library_kind
from images.facts.environment import ABSENT
from images.hardware.nvidia_drivers import highest_cuda
from images.reports.image_config import ImageConfig
from images.reports.records import NativeLibrary, PythonDistribution
from images.roots.root_files import RootFiles

_LIMIT_EVIDENCE = 8
_PATH = "utf-8", "surrogateescape"

# Distributions that load such libraries while they run, so that no file states the need.
_USERS = re.compile(
    r"torch|torchvision|torchaudio|triton|tensorflow|tensorflow-gpu|tf-nightly|jax-cuda[0-9]+-plugin"
    r"|jax-rocm[0-9]+-plugin|jaxlib|cupy(?:-.+)?|numba|numba-cuda|cuda-python|cuda-bindings|cuda-core|pycuda|pyopencl"
    r"|onnxruntime-(?:gpu|rocm|training)|tensorrt.*|paddlepaddle-gpu|mxnet-cu[0-9]+|xgboost|lightgbm|catboost"
    r"|faiss-gpu.*|cudf.*|cuml.*|cugraph.*|rmm.*|nvidia-dali.*|vllm|deepspeed|bitsandbytes|flash-attn|xformers"
    r"|ctranslate2|llama-cpp-python|mlx.*|openvino.*|nvidia-ml-py|pynvml|ray|dgl.*|apex"
)
_WHEEL = re.compile(r"nvidia-[a-z-]+?-cu([0-9]+)")
# Since CUDA 13 without a suffix; these have the version of the toolkit.
_PLAIN_WHEEL = re.compile(r"nvidia-(?:cuda-[a-z]+|nvjitlink|nvtx)")
_FIRST_PLAIN = 13
_LABEL = re.compile(r"[^+]*\+(cu[0-9]{2,3})")
_FOR_PROCESSORS = re.compile(r"[^+]*\+cpu.*")
_PART_OF_IT = re.compile(rb"lib(?:cu|nv|npp|hip|roc|rccl|MIOpen|amd_comgr|hsa|ze_)[^/]*$")
_HOMES = re.compile(rb"(?:^|/)(?:cuda[0-9.-]*|rocm[0-9.-]*|nvidia)/")
_AT_LEAST = re.compile(r"cuda>=([0-9]{1,3})\.([0-9]{1,3})")


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """``gpu-libraries-unneeded``, ``cuda-versions-mixed``, ``cuda-newer-than-driver`` and its requirement."""
    return (
        *_unneeded(files, known),
        *_mixed_wheels(known),
        *_mixed_labels(known),
        *_newer_than_driver(known),
        *_newer_than_required(config, known),
    )


def _unneeded(files: RootFiles, known: Catalog) -> Iterator[Finding]:
    libraries = [library for library in gpu_libraries(known) if library.name != "nvidia-driver"]
    if not libraries or _is_used(files, libraries, known):
        return
    size = sum(files.stat(library.path.lstrip("/").encode(*_PATH)).size_bytes for library in libraries)
    compiles = "compiler.cuda" in known.facts and known.facts["compiler.cuda"].value != ABSENT
    names = sorted({library.name for library in libraries})
    yield Finding(
        id="gpu-libraries-unneeded",
        # Where there is a compiler, the image may be there to build what uses them.
        level=Level.INFO if compiles else Level.WARNING,
        message=f"nothing in the image was found to use {', '.join(names)} ({size / 1e6:,.0f} MB)",
        subject=names[0],
        evidence=tuple(
            Evidence(
                what=f"{library.name} {library.version or ''}".rstrip(),
                where=library.path,
                confidence=Confidence.LIKELY,
            )
            for library in libraries[:_LIMIT_EVIDENCE]
        ),
    )


def _is_used(files: RootFiles, libraries: list[NativeLibrary], known: Catalog) -> bool:
    if any(_may_use(distribution) for distribution in known.distributions):
        return True
    brought = {library.provider for library in libraries if library.provider}
    for distribution in known.distributions:
        if distribution.name not in brought and any(
            _required_name(requirement) in brought for requirement in distribution.requires
        ):
            return True
    for path in files.elf_paths():
        if _PART_OF_IT.search(path) or _HOMES.search(path) or library_kind(path) is not None:
            continue
        elf = files.elf(path)
        if elf is not None and any(_is_for_gpus(soname) for soname in elf.needed):
            return True
    return False


def _may_use(distribution: PythonDistribution) -> bool:
    """Whether it is of those that look for these libraries, in a build that does."""
    if _FOR_PROCESSORS.fullmatch(distribution.version or ""):
        return False
    return _USERS.fullmatch(distribution.name) is not None


def _required_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def _is_for_gpus(soname: str) -> bool:
    kind = library_kind(soname.encode(*_PATH))
    return kind is not None and kind.family in GPU_FAMILIES


def _mixed_wheels(known: Catalog) -> Iterator[Finding]:
    """Wheels of two CUDA releases in one place: their libraries meet in one process."""
    for location, distributions in _by_location(known.distributions).items():
        majors: dict[int, list[PythonDistribution]] = {}
        for distribution in distributions:
            major = _major_of_wheel(distribution)
            if major is not None:
                majors.setdefault(major, []).append(distribution)
        if len(majors) > 1:
            said = " and ".join(f"CUDA {major}" for major in sorted(majors))
            shown = [distribution for major in sorted(majors) for distribution in majors[major][:3]]
            yield _mixed(f"libraries of {said} are installed side by side in {location}", shown)


def _mixed_labels(known: Catalog) -> Iterator[Finding]:
    """Builds that name different CUDA releases, such as torch +cu118 and torchvision +cu121."""
    for location, distributions in _by_location(known.distributions).items():
        labels: dict[str, list[PythonDistribution]] = {}
        for distribution in distributions:
            match = _LABEL.fullmatch(distribution.version or "")
            if match:
                labels.setdefault(match[1], []).append(distribution)
        if len(labels) > 1:
            shown = [distribution for label in sorted(labels) for distribution in labels[label][:3]]
            yield _mixed(f"builds for {' and '.join(sorted(labels))} are installed in {location}", shown)


def _mixed(message: str, distributions: Iterable[PythonDistribution]) -> Finding:
    return Finding(
        id="cuda-versions-mixed",
        level=Level.WARNING,
        message=message,
        subject="cuda",
        evidence=tuple(
            Evidence(what=f"{distribution.name} {distribution.version}", where=distribution.where)
            for distribution in distributions
        ),
    )


def _by_location(distributions: Iterable[PythonDistribution]) -> dict[str, list[PythonDistribution]]:
    found: dict[str, list[PythonDistribution]] = {}
    for distribution in distributions:
        found.setdefault(distribution.location, []).append(distribution)
    return dict(sorted(found.items()))


def _major_of_wheel(distribution: PythonDistribution) -> int | None:
    suffixed = _WHEEL.fullmatch(distribution.name)
    if suffixed:
        # Once the suffix named the minor release too: cu102, cu117.
        return int(suffixed[1][:2])
    if _PLAIN_WHEEL.fullmatch(distribution.name):
        major = re.match(r"[0-9]{1,4}(?=\.)", distribution.version or "")
        return int(major[0]) if major and int(major[0]) >= _FIRST_PLAIN else None
    return None


def _runtimes(known: Catalog) -> list[tuple[int, NativeLibrary]]:
    """CUDA runtimes with their major releases, highest first; only these decide whether a driver serves."""
    found = []
    for library in known.libraries:
        match = re.match(r"[0-9]{1,4}", library.version or "") if library.name == "cudart" else None
        if match:
            found.append((int(match[0]), library))
    return sorted(found, key=lambda one: (-one[0], one[1].path))


def _newer_than_driver(known: Catalog) -> Iterator[Finding]:
    for driver in known.libraries:
        served = highest_cuda(driver.version or "") if driver.name == "nvidia-driver" else None
        newer = [one for one in _runtimes(known) if served and one[0] > int(served.partition(".")[0])]
        if served and newer:
            major, library = newer[0]
            yield Finding(
                id="cuda-newer-than-driver",
                level=Level.WARNING,
                message=f"the driver library {driver.version} serves CUDA up to {served}, not CUDA {major}",
                subject="cuda",
                evidence=(
                    Evidence(what=f"driver library {driver.version}", where=driver.path),
                    Evidence(what=f"CUDA runtime {library.version}", where=library.path),
                ),
            )


def _newer_than_required(config: ImageConfig, known: Catalog) -> Iterator[Finding]:
    """What the container runtime checks before it starts the image admits drivers that do not serve it.

    Source: NVIDIA container toolkit: alternatives are divided by spaces, conditions of one by commas.
    """
    variables = (config.config.env or ()) if config.config else ()
    required = next((v.partition("=")[2] for v in variables if v.startswith("NVIDIA_REQUIRE_CUDA=")), "")
    asked = [
        int(match[1])
        for alternative in required.split()
        # Those that name a brand of devices are for drivers with compatibility packages.
        if "brand" not in alternative
        for match in [_AT_LEAST.match(alternative)]
        if match
    ]
    for major, library in _runtimes(known)[:1]:
        if asked and min(asked) < major:
            yield Finding(
                id="cuda-newer-than-required",
                level=Level.WARNING,
                message=(
                    f"the image states to need a driver for CUDA {min(asked)}, "
                    f"but its CUDA runtime is {library.version}"
                ),
                subject="cuda",
                evidence=(
                    Evidence(what=f"NVIDIA_REQUIRE_CUDA={required[:80]}", where="configuration of the image"),
                    Evidence(what=f"CUDA runtime {library.version}", where=library.path),
                ),
            )
