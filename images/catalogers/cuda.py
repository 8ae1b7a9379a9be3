"""CUDA, cuDNN and ROCm of an image: which versions are installed, or that none is.

By version files, headers, libraries, packages, wheels, and at last the variables that the makers' own images
set, which say what was installed once and stay when it is removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from analyzers.evidence import Confidence
from images.catalogers.catalog import Catalog
from images.catalogers.completeness import saw_everything
from images.catalogers.library_kinds import GPU_FAMILIES, LIBRARY_KINDS
from images.catalogers.toolkits import WANTED as WANTED
from images.catalogers.toolkits import cuda_toolkits, macro_version, rocm_installations
from images.facts.environment import ABSENT, Fact
from images.reports.image_config import ImageConfig
from images.reports.records import NativeLibrary
from images.roots.links import shown_path
from images.roots.root_files import RootFiles

_CUDNN_MACROS = (b"CUDNN_MAJOR", b"CUDNN_MINOR", b"CUDNN_PATCHLEVEL")
_CUDNN_HEADERS = ("usr/include/cudnn_version.h", "usr/local/cuda/include/cudnn_version.h")
_LABEL = {
    "cuda": re.compile(r"[^+]*\+cu([0-9]{1,2})([0-9])(?![0-9])"),
    "rocm": re.compile(r"[^+]*\+rocm([0-9]+)\.([0-9]+)"),
}
_GPU_LIBRARIES = {kind.name for kind in LIBRARY_KINDS if kind.family in GPU_FAMILIES}
_VARIABLES = {
    "CUDA_VERSION": "cuda",
    "NV_CUDNN_VERSION": "cudnn",
    "CUDNN_VERSION": "cudnn",
    "ROCM_VERSION": "rocm",
}
_OF_SYSTEM = ("/usr/", "/lib/", "/lib64/", "/opt/cuda", "/opt/rocm")
_RELEASE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,7})")


class _Statement(msgspec.Struct, frozen=True):
    """One place that tells a version.

    Attributes:
        rank: 2 for what the system has, 1 for what a Python distribution brought, 0 for what lies about.
    """

    version: str
    source: str
    confidence: Confidence
    rank: int

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """``cuda.runtime``, ``cudnn.version`` and ``rocm.version``, and the toolkits that are installed.

    Args:
        known: with the libraries of `images.catalogers.native_libraries`. Absence is stated only where
            everything was seen.
    """
    toolkits = list(cuda_toolkits(files))
    rocm = list(rocm_installations(files))
    libraries = tuple(
        NativeLibrary(
            name=name,
            path=shown_path(toolkit.path),
            version=toolkit.version,
            layer=files.layer(toolkit.path),
            evidence=(toolkit.evidence,),
        )
        for name, found in (("cuda-toolkit", toolkits), ("rocm", rocm))
        for toolkit in found
        if toolkit.version is not None
    )
    everything = Catalog(libraries=known.libraries + libraries, distributions=known.distributions)
    variables, complete = dict(_variables(config)), saw_everything(known)
    statements = {
        "cuda.runtime": list(_cuda_statements(everything)),
        "cudnn.version": list(_cudnn_statements(files, everything)),
        "rocm.version": list(_rocm_statements(everything)),
    }
    facts = {}
    for name, said in statements.items():
        fact = _fact(said, variables.get(name.partition(".")[0]), parts=2 if name == "cuda.runtime" else 3)
        if fact is not None:
            facts[name] = fact
        elif not said and complete:
            facts[name] = Fact(value=ABSENT, source="all files of the image")
    return Catalog(facts=facts, libraries=libraries)


def gpu_libraries(known: Catalog) -> tuple[NativeLibrary, ...]:
    """Libraries of the system and of distributions that are of use only with a graphics processor."""
    return tuple(
        library for library in known.libraries if library.name in _GPU_LIBRARIES and _rank(library) > 0
    )


def _fact(said: list[_Statement], variable: Fact | None, parts: int) -> Fact | None:
    """The system's own before what a distribution has for itself, then the highest, most precise."""
    if not said:
        return None
    best = max(said, key=lambda one: (one.rank, one.numbers[:1], len(one.numbers) > 1, one.numbers))
    if len(best.numbers) == 1 and variable is not None:
        text = str(variable.value)
        if text.partition(".")[0] == best.version:
            return Fact(value=_first(text, parts), source=variable.source, confidence=variable.confidence)
    return Fact(value=_first(best.version, parts), source=best.source, confidence=best.confidence)


def _first(version: str, parts: int) -> str:
    return ".".join(version.split(".")[:parts])


def _cuda_statements(known: Catalog) -> Iterator[_Statement]:
    yield from _of_libraries(known.libraries, ("cuda-toolkit", "cudart"))
    yield from _of_labels(known, "cuda", "cudart")


def _cudnn_statements(files: RootFiles, known: Catalog) -> Iterator[_Statement]:
    yield from _of_libraries(known.libraries, ("cudnn",))
    copies = [library for library in known.libraries if library.name == "cudnn"]
    for header in _CUDNN_HEADERS if copies else ():
        version = macro_version(files, header.encode(), _CUDNN_MACROS)
        if version is not None:
            yield _Statement(version, f"/{header}", Confidence.CERTAIN, rank=2)


def _rocm_statements(known: Catalog) -> Iterator[_Statement]:
    yield from _of_libraries(known.libraries, ("rocm", "hip"))
    yield from _of_labels(known, "rocm", "hip")


def _of_libraries(libraries: Iterable[NativeLibrary], names: tuple[str, ...]) -> Iterator[_Statement]:
    for library in libraries:
        match = _RELEASE.match(library.version or "") if library.name in names else None
        if match:
            for evidence in library.evidence[:1]:
                yield _Statement(match[1], evidence.where, evidence.confidence, _rank(library))


def _rank(library: NativeLibrary) -> int:
    if library.provider not in (None, "deb", "rpm", "apk", "conda"):
        return 1
    return 2 if library.provider or library.path.startswith(_OF_SYSTEM) else 0


def _of_labels(known: Catalog, family: str, library_name: str) -> Iterator[_Statement]:
    """What the local label of a distribution says that carries the library itself, such as ``+cu118``."""
    providers = {library.provider for library in known.libraries if library.name == library_name}
    for distribution in known.distributions:
        match = (
            _LABEL[family].fullmatch(distribution.version or "") if distribution.name in providers else None
        )
        if match:
            yield _Statement(f"{match[1]}.{match[2]}", distribution.where, Confidence.CERTAIN, rank=1)


def _variables(config: ImageConfig) -> Iterator[tuple[str, Fact]]:
    for variable in (config.config.env or ()) if config.config else ():
        name, _, value = variable.partition("=")
        match = _RELEASE.match(value) if name in _VARIABLES else None
        if match:
            source = f"variable {name} of the image"
            yield _VARIABLES[name], Fact(value=match[1], source=source, confidence=Confidence.LIKELY)
