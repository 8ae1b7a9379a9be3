"""What is found in an image: the records that catalogers make and reports hold.

Paths are absolute within the image, as a person there would type them (``/usr/bin/python3.11``), decoded with
``backslashreplace``. `layer` is an index into the report's `layers`, 0 the lowest; None where there are none.
"""

from __future__ import annotations

import msgspec

from analyzers.evidence import Evidence


class Layer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One layer, whatever the source that it came from.

    Attributes:
        diff_id: ``sha256:…`` of the uncompressed archive.
        size_bytes: of the uncompressed archive.
        entries: how many paths it sets or removes.
        created_by: the step that made it, as the history says; values of secrets are left out.
    """

    index: int
    diff_id: str
    size_bytes: int
    entries: int
    created_by: str | None = None


class Interpreter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A Python interpreter or a virtual environment.

    Attributes:
        path: of the executable, or of the environment's ``bin/python``.
        version: full release where it can be told without running it, else the series, such as ``3.11``.
        implementation: ``cpython``, ``pypy``, …
        kind: how it was made: ``distribution``, ``source``, ``pyenv``, ``conda``, ``uv``, ``standalone``
            (python-build-standalone by another tool than uv), ``venv`` (of uv, too), ``virtualenv``.
        prefix: ``sys.prefix``.
        abi: as in the fact ``python.abi``.
        base: for an environment, the path of the interpreter it was made from.
        search_path: directories of installed distributions, in the order in which they are searched.
        is_default: ``python3`` or ``python`` of the directory that comes first on the image's PATH. The
            facts are about the one that a container would run, which can be another.
        has_headers: whether C extensions can be built for it.
    """

    path: str
    kind: str
    prefix: str
    version: str | None = None
    implementation: str = "cpython"
    abi: str | None = None
    base: str | None = None
    search_path: tuple[str, ...] = ()
    is_default: bool = False
    has_headers: bool = False
    layer: int | None = None
    evidence: tuple[Evidence, ...] = ()


class PythonDistribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An installed Python distribution.

    Attributes:
        name: normalised.
        interpreter: `Interpreter.path` of the one that imports it; None where none does.
        location: the directory that it is installed in.
        where: of its metadata: the ``*.dist-info`` or ``*.egg-info``.
        version: as its metadata states it, even where it is none by PEP 440.
        requires: as its metadata states them.
        requires_python: as its metadata states it.
        installer: such as ``pip``, ``uv``, ``debian``, ``conda``.
        requested: installed by name, as pip has it; uv says so of everything.
        editable: path of the project that an editable install leads to.
        url: where it came from that is no index, without credentials.
        tags: of the wheel it was installed from.
    """

    name: str
    version: str | None
    interpreter: str | None
    location: str
    where: str
    requires: tuple[str, ...] = ()
    requires_python: str | None = None
    installer: str | None = None
    requested: bool = False
    editable: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    license: str | None = None
    layer: int | None = None


class SystemPackage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A package of the operating system or of conda.

    Attributes:
        version: whole, as its tool prints it: with epoch and release.
        type: ``deb``, ``rpm``, ``apk`` or ``conda``.
        where: the database that lists it.
        source: name of the source package it was built from.
        source_version: where it differs from `version`.
        depends: names of the packages that it needs, those of alternatives included; of deb and apk.
        layer: the layer that installed it in this version, so far as can be told.
    """

    name: str
    version: str
    type: str
    where: str
    arch: str | None = None
    source: str | None = None
    source_version: str | None = None
    depends: tuple[str, ...] = ()
    license: str | None = None
    layer: int | None = None


class NativeLibrary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A native library that decides what runs: C and C++ runtimes, CUDA, BLAS, MPI and so on.

    Attributes:
        name: such as ``cudnn`` or ``openblas``.
        version: as far as it can be told.
        provider: ``deb``, ``rpm``, ``apk``, ``conda``, a Python distribution's name, or None.
    """

    name: str
    path: str
    soname: str | None = None
    version: str | None = None
    provider: str | None = None
    layer: int | None = None
    evidence: tuple[Evidence, ...] = ()


class HistoryStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of the history.

    Attributes:
        layer: the layer it made; None for a step that made none.
    """

    created_by: str
    layer: int | None = None


class Configuration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the image's configuration says; values of secrets are left out.

    Attributes:
        environment: variables in their order, name to value; the value of a secret is empty.
        base: the image it was built on as far as labels, history and os-release tell.
    """

    environment: dict[str, str] = {}
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str | None = None
    working_directory: str | None = None
    labels: dict[str, str] = {}
    exposed_ports: tuple[str, ...] = ()
    history: tuple[HistoryStep, ...] = ()
    base: str | None = None
    base_evidence: tuple[Evidence, ...] = ()
