from __future__ import annotations

import pytest

from fakes.images.elf_files import MULTIARCH, shared
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.library_kinds import LIBRARY_KINDS
from images.catalogers.native_libraries import WANTED, catalog, library_kind, upstream_version
from images.reports.image_config import ImageConfig
from images.reports.records import NativeLibrary, PythonDistribution, SystemPackage

SITE = "/usr/local/lib/python3.12/site-packages"
SITE_BYTES = SITE.lstrip("/").encode()


def distribution(name: str, version: str, *requires: str) -> PythonDistribution:
    return PythonDistribution(
        name=name,
        version=version,
        interpreter=None,
        location=SITE,
        where=f"{SITE}/{name.replace('-', '_')}-{version}.dist-info",
        requires=requires,
    )


def package(name: str, version: str, kind: str = "deb") -> SystemPackage:
    return SystemPackage(name=name, version=version, type=kind, where="/var/lib/dpkg/status")


def only(
    path: bytes, soname: str | None = None, known: Catalog | None = None, record: bytes = b""
) -> NativeLibrary:
    contents = {SITE_BYTES + b"/numpy/__config__.py": record}
    root = MemoryRoot(contents, elves={path: shared(soname)})
    (found,) = catalog(root, ImageConfig(), known or Catalog()).libraries
    return found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"usr/local/cuda-12.4/lib64/libcudart.so.12.4.127", "cudart"),
        (b"x/torch/lib/libcudart-e409450e.so.11.0", "cudart"),
        (b"x/nvidia/cudnn/lib/libcudnn.so.9", "cudnn"),
        (b"usr/lib/libcudnn_ops_infer.so.8", None),
        (b"usr/lib/libcuda.so.535.129.03", "nvidia-driver"),
        (b"usr/lib/libnccl.so.2.20.5", "nccl"),
        (b"opt/rocm-6.0.2/lib/libamdhip64.so.6.0.60002", "hip"),
        (b"numpy.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so", "openblas"),
        (b"numpy.libs/libscipy_openblas64_-8fb3d286.so", "openblas"),
        (b"usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblasp-r0.3.21.so", "openblas"),
        (b"opt/conda/lib/libmkl_rt.so.2", "mkl"),
        (b"usr/lib/libmpi.so.40.30.4", "openmpi"),
        (b"usr/lib/libmpi.so.12.1.8", "mpich"),
        (b"usr/lib/libmpich.so.12.2.0", "mpich"),
        (b"usr/lib/libpq.so.5.15", "libpq"),
        (b"usr/lib/libhdf5_serial.so.103.3.0", "hdf5"),
        (b"usr/lib/libssl.so.3", "openssl"),
        (b"usr/lib/libblas.so.3.11.0", "netlib-blas"),
        (b"usr/lib/libblah.so.3", None),
        (b"usr/lib/libpqxx.so", None),
        (b"usr/lib/libcudart.so.12.txt", None),
        (b"\xff\xfe.so", None),
        (b"x" * 100_000, None),
        (b"libpq" + b"-0123abcd" * 20_000 + b".so.5", None),
    ],
)
def test_libraries_are_known_by_their_names(path: bytes, name: str | None) -> None:
    kind = library_kind(path)
    assert (kind.name if kind else None) == name


def test_no_row_is_hidden_by_one_above_it() -> None:
    assert len({kind.name for kind in LIBRARY_KINDS}) == len(LIBRARY_KINDS)
    for kind in LIBRARY_KINDS:
        plain = next(iter(kind.file.pattern.removeprefix("(?:").split("\\.so")[0].rstrip(")").split("|")))
        assert plain.startswith("lib")


@pytest.mark.parametrize(
    ("path", "soname", "version"),
    [
        (b"usr/local/cuda-12.4/lib64/libcudart.so.12.4.127", "libcudart.so.12", "12.4.127"),
        (b"x/torch/lib/libcudart-e409450e.so.11.0", "libcudart.so.11.0", "11"),
        (b"usr/local/cuda/lib64/libcudart.so.10.2.89", "libcudart.so.10.2", "10.2.89"),
        (b"usr/local/cuda/lib64/libcudart.so.10.2", "libcudart.so.10.2", "10.2"),
        (b"usr/local/cuda-13.0/lib/libcudart.so.13", "libcudart.so.13", "13"),
        (b"usr/lib/libcuda.so.535.129.03", "libcuda.so.1", "535.129.03"),
        (b"usr/lib/libcuda.so.1", "libcuda.so.1", None),
        (b"usr/lib/libcudnn.so.8.9.7", "libcudnn.so.8", "8.9.7"),
        (b"opt/rocm/lib/libamdhip64.so.6.0.60002", "libamdhip64.so.6", "6.0"),
        (b"usr/lib/libopenblasp-r0.3.21.so", "libopenblas.so.0", "0.3.21"),
        (b"numpy.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so", None, "0.3.23"),
        (b"usr/lib/libpq.so.5.15", "libpq.so.5", "15"),
        (b"usr/lib/libgdal.so.32.3.6.2", "libgdal.so.32", "3.6.2"),
        # The number of a soname is not a release for these.
        (b"usr/lib/libhdf5.so.103.3.0", "libhdf5.so.103", None),
        (b"usr/lib/libssl.so.3", "libssl.so.3", None),
    ],
)
def test_versions_that_names_of_files_tell(path: bytes, soname: str | None, version: str | None) -> None:
    assert only(path, soname).version == version


def test_stubs_to_link_against_are_no_libraries() -> None:
    root = MemoryRoot({}, elves={b"usr/local/cuda/lib64/stubs/libcuda.so": shared("libcuda.so.1")})
    assert catalog(root, ImageConfig(), Catalog()).libraries == ()


def test_a_wheel_of_nvidia_brings_its_version() -> None:
    known = Catalog(
        distributions=(
            distribution("nvidia-cudnn-cu12", "9.1.0.70"),
            distribution("nvidia-nccl-cu12", "2.21.5"),
        )
    )
    found = only(SITE_BYTES + b"/nvidia/cudnn/lib/libcudnn.so.9", "libcudnn.so.9", known)
    assert (found.version, found.provider) == ("9.1.0.70", "nvidia-cudnn-cu12")
    assert found.evidence[0].where == f"{SITE}/nvidia_cudnn_cu12-9.1.0.70.dist-info"


def test_of_two_wheels_of_one_library_the_major_version_decides() -> None:
    known = Catalog(
        distributions=(
            distribution("nvidia-cuda-runtime-cu11", "11.8.89"),
            distribution("nvidia-cuda-runtime-cu12", "12.9.79"),
        )
    )
    found = only(SITE_BYTES + b"/nvidia/cuda_runtime/lib/libcudart.so.12", "libcudart.so.12", known)
    assert (found.version, found.provider) == ("12.9.79", "nvidia-cuda-runtime-cu12")


def test_a_library_inside_of_another_distribution_has_its_own_version() -> None:
    known = Catalog(distributions=(distribution("torch", "2.1.0+cu118"),))
    found = only(SITE_BYTES + b"/torch/lib/libcudart-d0da41ae.so.11.0", "libcudart.so.11.0", known)
    assert (found.version, found.provider) == ("11", "torch")


def test_the_openblas_of_numpy_is_told_by_its_build_record() -> None:
    record = b"""CONFIG = {"Build Dependencies": {
        "blas": {"name": "scipy-openblas", "found": bool("True".lower()), "version": "0.3.29"},
        "lapack": {"name": "scipy-openblas", "version": "0.3.29"}}}"""
    known = Catalog(distributions=(distribution("numpy", "2.2.6"),))
    found = only(SITE_BYTES + b"/numpy.libs/libscipy_openblas64_-8fb3d286.so", None, known, record=record)
    assert (found.version, found.provider) == ("0.3.29", "numpy")
    assert found.evidence[0].where == f"{SITE}/numpy/__config__.py"
    assert b"__config__.py" in WANTED.names


def test_a_package_of_the_system_brings_its_version() -> None:
    known = Catalog(
        packages=(package("libhdf5-103-1", "1.10.8+repack1-1"), package("libssl3", "3.0.15-1~deb12u1"))
    )
    found = only(MULTIARCH + b"/libhdf5_serial.so.103.3.0", "libhdf5_serial.so.103", known)
    assert (found.version, found.provider) == ("1.10.8", "deb")
    assert found.evidence[0].what == "package libhdf5-103-1 1.10.8+repack1-1 is installed"


def test_a_library_under_the_prefix_of_conda_is_condas() -> None:
    mkl = SystemPackage(
        name="mkl", version="2023.1.0", type="conda", where="/opt/conda/conda-meta/mkl-2023.1.0.json"
    )
    found = only(
        b"opt/conda/lib/libmkl_rt.so.2", "libmkl_rt.so.2", Catalog(packages=(mkl, package("dpkg", "1.21")))
    )
    assert (found.version, found.provider) == ("2023.1.0", "conda")


@pytest.mark.parametrize(
    ("whole", "upstream"),
    [
        ("1:12.2.0-14", "12.2.0"),
        ("3.0.15-1~deb12u1", "3.0.15"),
        ("0.3.21+ds-4", "0.3.21"),
        ("git2024", None),
        ("", None),
    ],
)
def test_upstream_versions_of_packages(whole: str, upstream: str | None) -> None:
    assert upstream_version(whole) == upstream


def test_so_many_libraries_are_cut_off_and_said_so() -> None:
    root = MemoryRoot({}, elves={f"{number}/libpq.so.5".encode(): shared() for number in range(10_050)})
    found = catalog(root, ImageConfig(), Catalog())
    assert len(found.libraries) == 10_000
    assert [unknown.reason for unknown in found.unknowns] == ["more than 10,000 libraries"]
