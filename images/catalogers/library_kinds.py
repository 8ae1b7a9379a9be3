"""The native libraries that are looked for, as a table: by what files, packages, distributions each is known.

A row says nothing of versions that exist; it says where a version stands. `suffix` tells what follows
``.so.`` in the name of the file: the release of the product; None where it is but a number of the interface.
"""

from __future__ import annotations

import re

import msgspec


class LibraryKind(msgspec.Struct, frozen=True, kw_only=True):
    """One native library.

    Attributes:
        name: what findings and reports call it.
        family: libraries that come and go together: ``cuda``, ``rocm``, ``blas``, …
        file: whole names of its files, without the hash that auditwheel inserts; what follows ``.so.`` is the
            group `rest`, and the group `release` a version that stands before ``.so``.
        suffix: makes a version of what follows ``.so.``: group 1.
        packages: names in the databases of dpkg, rpm, apk and conda whose version is the library's.
        distributions: names of Python distributions whose version is the library's.
    """

    name: str
    family: str
    file: re.Pattern[str]
    suffix: re.Pattern[str] | None = None
    packages: re.Pattern[str] | None = None
    distributions: re.Pattern[str] | None = None


_RELEASE = r"([0-9]+(?:\.[0-9]+)+)"
# Until CUDA 10 sonames count minor releases; later ones, such as 11.0, stay for all that are compatible.
_CUDA_RELEASE = r"([0-9]+(?:\.[0-9]+){2,3}|(?:[0-9]|10)\.[0-9]+)"
_CUDA_PACKAGE = r"-(?:[0-9]+-[0-9]+|cu[0-9]+)"


def _kind(
    name: str,
    family: str,
    stem: str,
    suffix: str | None = None,
    packages: str | None = None,
    distributions: str | None = None,
) -> LibraryKind:
    return LibraryKind(
        name=name,
        family=family,
        file=re.compile(rf"(?:{stem})\.so(?:\.(?P<rest>[0-9][0-9.]*))?"),
        suffix=None if suffix is None else re.compile(suffix),
        packages=None if packages is None else re.compile(packages),
        distributions=None if distributions is None else re.compile(distributions),
    )


def _cuda(name: str, stem: str, packages: str, wheel: str) -> LibraryKind:
    """A library of the CUDA toolkit; its wheels have a suffix until CUDA 12."""
    return _kind(name, "cuda", stem, _CUDA_RELEASE, packages, rf"nvidia-{wheel}(?:-cu[0-9]+)?")


LIBRARY_KINDS: tuple[LibraryKind, ...] = (
    # NVIDIA. The driver's library ends in the driver's version, all others in their own.
    _kind(
        "nvidia-driver",
        "nvidia-driver",
        "libcuda",
        r"([0-9]{3}\.[0-9]+(?:\.[0-9]+)?)",
        r"cuda-compat-[0-9-]+",
    ),
    _cuda(
        "cudart",
        "libcudart",
        rf"cuda-cudart(?:{_CUDA_PACKAGE})?|cuda-runtime{_CUDA_PACKAGE}|cudatoolkit|libcudart[0-9.]+",
        "cuda-runtime",
    ),
    _cuda("cublas", "libcublas", rf"libcublas(?:{_CUDA_PACKAGE})?|libcublas[0-9]+", "cublas"),
    _cuda("cufft", "libcufft", rf"libcufft(?:{_CUDA_PACKAGE})?|libcufft[0-9]+", "cufft"),
    _cuda("curand", "libcurand", rf"libcurand(?:{_CUDA_PACKAGE})?|libcurand[0-9]+", "curand"),
    _cuda("cusolver", "libcusolver", rf"libcusolver(?:{_CUDA_PACKAGE})?|libcusolver[0-9]+", "cusolver"),
    _cuda("cusparse", "libcusparse", rf"libcusparse(?:{_CUDA_PACKAGE})?|libcusparse[0-9]+", "cusparse"),
    _cuda("nvrtc", "libnvrtc", rf"cuda-nvrtc(?:{_CUDA_PACKAGE})?|libnvrtc[0-9.]+", "cuda-nvrtc"),
    _cuda("nvjitlink", "libnvJitLink", rf"libnvjitlink(?:{_CUDA_PACKAGE})?", "nvjitlink"),
    _cuda(
        "cudnn",
        "libcudnn",
        r"libcudnn[0-9]+(?:-cuda-[0-9]+)?|cudnn[0-9]*(?:-cuda-[0-9]+)?|nvidia-cudnn",
        "cudnn",
    ),
    _cuda("nccl", "libnccl", r"libnccl[0-9]*|nccl", "nccl"),
    _cuda("cutensor", "libcutensor", r"libcutensor[0-9]*|cutensor", "cutensor"),
    _cuda("cusparselt", "libcusparseLt", r"libcusparselt[0-9]*|cusparselt", "cusparselt"),
    _kind(
        "tensorrt",
        "cuda",
        "libnvinfer",
        _RELEASE,
        r"libnvinfer[0-9]+|tensorrt",
        r"tensorrt(?:-cu[0-9]+)?(?:-libs)?",
    ),
    # AMD. The last number of the HIP runtime is release and build in one: 6.0.60002.
    _kind(
        "hip",
        "rocm",
        "libamdhip64",
        r"([0-9]+\.[0-9]+)(?:\.[0-9]+)?",
        r"hip-runtime-amd|libamdhip64-[0-9]+",
        None,
    ),
    _kind("hsa", "rocm", "libhsa-runtime64", None, r"hsa-rocr|libhsa-runtime64-[0-9]+", None),
    _kind("rocblas", "rocm", "librocblas", None, r"rocblas|librocblas[0-9]+", None),
    _kind("miopen", "rocm", "libMIOpen", None, r"miopen-hip|libmiopen[0-9]+", None),
    _kind("rccl", "rocm", "librccl", None, r"rccl|librccl[0-9]+", None),
    # Intel's graphics.
    _kind("level-zero", "oneapi", "libze_loader", _RELEASE, r"level-zero|libze1", None),
    _kind(
        "sycl",
        "oneapi",
        "libsycl",
        None,
        r"intel-oneapi-runtime-dpcpp-cpp|dpcpp[-_]cpp[-_]rt",
        "intel-sycl-rt",
    ),
    # Linear algebra and its threads.
    _kind(
        "openblas",
        "blas",
        r"libopenblas[a-z0-9_]*(?:-r(?P<release>0\.[0-9]+\.[0-9]+)(?:\.[a-z0-9]+)?)?|libscipy_openblas[0-9_]*",
        None,
        r"libopenblas(?:0|-base|0-(?:pthread|openmp|serial))|openblas(?:-serial|-openmp|-threads)?|libopenblas",
        "scipy-openblas(?:32|64)",
    ),
    _kind("mkl", "blas", "libmkl_rt|libmkl_core", None, r"intel-mkl|libmkl-rt|intel-oneapi-mkl|mkl", "mkl"),
    _kind("blis", "blas", "libblis(?:-mt)?", None, r"libblis[0-9]+(?:-[a-z]+)?|blis", None),
    _kind("atlas", "blas", "libatlas|libsatlas|libtatlas", None, r"libatlas3-base|atlas", None),
    _kind("netlib-blas", "blas", "libblas", r"(3\.[0-9]+\.[0-9]+)", r"libblas3|libblas|blas", None),
    _kind("intel-openmp", "openmp", "libiomp5", None, r"intel-openmp|intel-oneapi-openmp", "intel-openmp"),
    _kind("llvm-openmp", "openmp", "libomp", None, r"libomp[0-9.]+-?[0-9]*|libomp|llvm-openmp", None),
    _kind("tbb", "openmp", "libtbb", None, r"libtbb(?:2|12)|tbb", "tbb"),
    # Message passing: Open MPI counts its sonames from 20 (release 2.0), MPICH and its kin stay at 12.
    _kind(
        "openmpi",
        "mpi",
        r"libmpi(?=\.so\.[2-9][0-9])|libopen-rte|libopen-pal",
        None,
        r"libopenmpi3|openmpi",
        None,
    ),
    _kind("mpich", "mpi", r"libmpich|libmpi(?=\.so\.12)", None, r"libmpich12|mpich", None),
    # What extension modules are most often built against.
    _kind("openssl", "tls", "libssl", None, r"libssl(?:3|1\.1|3t64)|openssl-libs|libssl1\.1|openssl", None),
    _kind(
        "libpq", "database", "libpq", r"5\.([1-9][0-9])", r"libpq5?|postgresql(?:[0-9.]*)-libs|libpq", None
    ),
    _kind("mariadb-connector", "database", "libmariadb", None, r"libmariadb3|mariadb-connector-c", None),
    _kind("mysql-client", "database", "libmysqlclient", None, r"libmysqlclient[0-9]+|mysql-libs", None),
    _kind("unixodbc", "database", "libodbc", None, r"libodbc[12]|unixODBC|unixodbc", None),
    _kind(
        "hdf5", "data", "libhdf5(?:_serial|_openmpi|_mpich)?", None, r"libhdf5-[0-9]+(?:-[0-9]+)?|hdf5", None
    ),
    _kind("netcdf", "data", "libnetcdf", None, r"libnetcdf[0-9]+|libnetcdf|netcdf", None),
    _kind(
        "gdal",
        "geography",
        "libgdal",
        r"[0-9]+\.([0-9]+\.[0-9]+\.[0-9]+)",
        r"libgdal[0-9]+|gdal-libs|gdal|libgdal",
        None,
    ),
    _kind(
        "geos",
        "geography",
        r"libgeos(?:-[0-9.]+)?",
        r"([0-9]+\.[0-9]+\.[0-9]+)",
        r"libgeos[0-9.]+|geos",
        None,
    ),
    _kind("proj", "geography", "libproj", None, r"libproj[0-9]+|proj", None),
    _kind("opengl", "graphics", "libGL", None, r"libgl1|libglvnd-glx|mesa-gl|libgl", None),
    _kind("x11", "graphics", "libX11", None, r"libx11-6|libX11|libx11|xorg-libx11", None),
)

GPU_FAMILIES = frozenset({"cuda", "nvidia-driver", "rocm", "oneapi"})
