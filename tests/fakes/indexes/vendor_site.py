"""A vendor's wheel site: a sub-index for each backend, as HTML alone, whose wheels hold metadata alone."""

from __future__ import annotations

from collections.abc import Iterable

from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import PageForm, Resource

LINUX = "cp311-cp311-manylinux_2_17_x86_64"
ARM_LINUX = "cp311-cp311-manylinux_2_17_aarch64"
_FAMILY = {"2.11.0": "0.26.0", "2.14.0": "0.29.0", "2.15.0": "0.30.0"}
"""Version of torch to that of the torchvision that is built for it."""


class VendorSite:
    """Sub-indexes below ``/simple/BACKEND/``, their files below ``/files/BACKEND/``.

    Args:
        metadata_files: whether ``.metadata`` files lie beside the wheels; listings promise what there is.
    """

    def __init__(self, *, metadata_files: bool = False) -> None:
        self._metadata_files = metadata_files
        self.backends: dict[str, FakeIndex] = {}

    def backend(self, name: str) -> FakeIndex:
        """A sub-index, which is made when it is first named."""
        if name not in self.backends:
            self.backends[name] = FakeIndex(
                core_metadata=self._metadata_files,
                metadata_files=self._metadata_files,
                files_url=f"/files/{name}/",
                sizes_and_times=False,
            )
        return self.backends[name]

    def resource(self, path: str, form: PageForm) -> Resource | None:
        """Implements `fakes.indexes.resources.Site`."""
        match path.split("/")[1:]:
            case ["simple", backend, *rest] if backend in self.backends:
                html = PageForm.LEGACY_HTML if form is PageForm.JSON else form
                return self.backends[backend].resource("/".join(["", "simple", *rest]), html)
            case ["files", backend, name] if backend in self.backends:
                return self.backends[backend].resource(f"/files/{name}", form)
        return None


def add_torch(
    index: FakeIndex,
    versions: Iterable[str],
    label: str = "",
    *,
    requires: Iterable[str] = (),
    tags: Iterable[str] = (LINUX,),
    padding_bytes: int = 0,
) -> None:
    """Releases of torch with a local label, and of torchvision and torchaudio that are built for them."""
    for version in versions:
        index.add(
            "torch",
            f"{version}{label}",
            tags=tags,
            requires=["filelock", *requires],
            padding_bytes=padding_bytes,
        )
        index.add(
            "torchvision", f"{_FAMILY[version]}{label}", tags=tags, requires=[f"torch=={version}", "numpy"]
        )
        index.add("torchaudio", f"{version}{label}", tags=tags, requires=[f"torch=={version}"])


def usual_index() -> FakeIndex:
    """The index that everyone has: torch for CUDA, with what that brings."""
    index = FakeIndex()
    add_torch(
        index,
        ("2.11.0", "2.14.0", "2.15.0"),
        requires=["nvidia-cudnn-cu13==9.1", "cuda-toolkit[cublas]==13.2", "triton==3.7"],
        tags=(LINUX, ARM_LINUX),
        padding_bytes=5_000_000,
    )
    index.add("torch", "2.2.0", tags=[LINUX], requires=["filelock"])
    index.add("nvidia-cudnn-cu13", "9.1", padding_bytes=3_000_000)
    index.add("nvidia-cudnn-cu12", "9.1", padding_bytes=3_000_000)
    index.add("nvidia-cublas", "13.2", padding_bytes=2_000_000)
    index.add("cuda-toolkit", "13.2", extras={"cublas": ["nvidia-cublas==13.2"]})
    index.add("triton", "3.7", padding_bytes=1_000_000)
    for name in ("filelock", "numpy"):
        index.add(name, "1.0")
        index.add(name, "2.0")
    index.add("trainer", "1.0", requires=["torch>=2.1"])
    index.add("old-trainer", "1.0", requires=["torch<2.10"])
    return index


def vendor_site(*, metadata_files: bool = False) -> VendorSite:
    """Builds of torch for each backend; the vendor hosts old copies of common projects, too."""
    site = VendorSite(metadata_files=metadata_files)
    arm = (LINUX, ARM_LINUX)
    add_torch(site.backend("cpu"), ("2.14.0", "2.15.0"), "+cpu", tags=arm, padding_bytes=1_000_000)
    cuda = ["nvidia-cudnn-cu12==9.1", "triton==3.7"]
    add_torch(site.backend("cu126"), ("2.11.0", "2.14.0"), "+cu126", requires=cuda)
    add_torch(site.backend("rocm7.2"), ("2.15.0",), "+rocm7.2", requires=["triton-rocm==3.7"])
    site.backend("rocm7.2").add("triton-rocm", "3.7", tags=[LINUX])
    add_torch(site.backend("xpu"), ("2.15.0",), "+xpu", requires=["triton-xpu==3.7"])
    site.backend("xpu").add("triton-xpu", "3.7", tags=[LINUX])
    for backend in site.backends.values():
        backend.add("numpy", "1.0")
        backend.add("filelock", "1.0")
    return site
