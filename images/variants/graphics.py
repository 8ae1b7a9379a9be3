"""Variant properties of graphics processors: the namespaces ``nvidia`` and ``amd``.

Source: PEP 825, examples; bounds of CUDA are those of the driver's CUDA version, the lower one included and
the upper one not, as in the provider that PEP 817 describes; ``sm_arch`` is spelled as by CMake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from images.facts.environment import ABSENT, RuntimeEnvironment
from images.hardware.nvidia_drivers import highest_cuda, own_cuda
from images.variants.provider import Fit

_CUDA = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d{1,3})?", re.ASCII)
_SM = re.compile(r"(\d{1,2})\.(\d)", re.ASCII)
_SM_ARCH = re.compile(r"(\d{1,2})(\d)([af]?)_(real|virtual)", re.ASCII)
_ROCM = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}", re.ASCII)

_Numbers = tuple[int, ...]


class NvidiaProvider:
    """``nvidia :: cuda_version_lower_bound :: 12.8``, the upper bound, and ``sm_arch :: 90_real``."""

    namespace = "nvidia"
    _FEATURES = ("cuda_version_lower_bound", "cuda_version_upper_bound", "sm_arch")

    def __init__(self, environment: RuntimeEnvironment) -> None:
        self._other = _absent(environment, "nvidia", "cuda.max")
        self._cuda_text, self._cuda_known = _driver_cuda(environment)
        self._cuda = _cuda_numbers(self._cuda_text)
        sm = _SM.fullmatch(environment.text("gpu.sm") or "")
        self._sm = None if sm is None else (int(sm[1]), int(sm[2]))

    def fit(self, feature: str, values: Sequence[str]) -> Fit | None:
        """See `Provider.fit`."""
        if feature not in self._FEATURES:
            return None
        if self._other:
            return Fit(known=self._other)
        if feature == "sm_arch":
            return self._sm_fit(values)
        if not self._cuda:
            return Fit(missing="cuda.max")
        bounds = [(numbers, value) for value in values if (numbers := _cuda_numbers(value))]
        if feature == "cuda_version_lower_bound":
            fitting = [pair for pair in bounds if pair[0] <= self._cuda]
        else:
            fitting = [pair for pair in bounds if pair[0] > self._cuda]
        ordered = tuple(value for _, value in sorted(fitting, reverse=True))
        return Fit(values=ordered, known=self._cuda_known)

    def order(self, feature: str) -> tuple[int, str]:
        """The driver before the processor."""
        known = feature in self._FEATURES
        return (self._FEATURES.index(feature) if known else len(self._FEATURES), feature)

    def shown(self) -> Iterable[tuple[str, str]]:
        """See `Provider.shown`."""
        if self._other:
            return
        lower, upper, sm_arch = self._FEATURES
        cuda = self._cuda_text if self._cuda else ""
        yield lower, f"{cuda} and whatever is lower" if cuda else "cuda.max is not known"
        yield upper, f"whatever is higher than {cuda}" if cuda else "cuda.max is not known"
        if self._sm is None:
            yield sm_arch, "gpu.sm is not known"
        else:
            major, minor = self._sm
            real = ", ".join(f"{major}{number}_real" for number in range(minor, -1, -1))
            yield sm_arch, f"{real}, and virtual ones up to {major}{minor}_virtual"

    def _sm_fit(self, values: Sequence[str]) -> Fit:
        if self._sm is None:
            return Fit(missing="gpu.sm")
        fitting = []
        for value in values:
            match = _SM_ARCH.fullmatch(value)
            if match and _runs(built := (int(match[1]), int(match[2])), match[3], match[4], self._sm):
                fitting.append((match[4] == "virtual", (-built[0], -built[1]), value))
        known = f"gpu.sm is {self._sm[0]}.{self._sm[1]}"
        return Fit(values=tuple(value for *_, value in sorted(fitting)), known=known)


def _runs(built: tuple[int, int], suffix: str, kind: str, device: tuple[int, int]) -> bool:
    """Whether code for one compute capability runs on a device.

    Binaries run on the same major and any later minor, PTX on anything later, what is specific to an
    architecture (``a``) on it alone, and to a family (``f``) within the major. Source: NVIDIA, CUDA C++
    Programming Guide, "Application Compatibility".
    """
    if suffix == "a":
        return built == device
    if kind == "virtual" and not suffix:
        return built <= device
    return built[0] == device[0] and built[1] <= device[1]


class AmdProvider:
    """``amd :: gfx_arch :: gfx942``, ``amd :: rocm_version :: 7.2``."""

    namespace = "amd"
    _FEATURES = ("gfx_arch", "rocm_version")

    def __init__(self, environment: RuntimeEnvironment) -> None:
        self._other = _absent(environment, "amd", "gpu.gfx")
        self._gfx = environment.text("gpu.gfx")
        self._rocm = environment.text("rocm.version")
        self._without_rocm = "rocm.version" in environment and self._rocm is None

    def fit(self, feature: str, values: Sequence[str]) -> Fit | None:
        """See `Provider.fit`."""
        if feature not in self._FEATURES:
            return None
        if self._other:
            return Fit(known=self._other)
        if feature == "gfx_arch":
            fitting = tuple(value for value in values if value == self._gfx)
            return (
                Fit(missing="gpu.gfx")
                if self._gfx is None
                else Fit(values=fitting, known=f"gpu.gfx is {self._gfx}")
            )
        if self._without_rocm:
            return Fit(known=f"rocm.version is {ABSENT}")
        if self._rocm is None:
            return Fit(missing="rocm.version")
        same = [
            value for value in values if _ROCM.fullmatch(value) and f"{self._rocm}.".startswith(f"{value}.")
        ]
        return Fit(values=tuple(sorted(same, key=len, reverse=True)), known=f"rocm.version is {self._rocm}")

    def order(self, feature: str) -> tuple[int, str]:
        """The processor before the version."""
        known = feature in self._FEATURES
        return (self._FEATURES.index(feature) if known else len(self._FEATURES), feature)

    def shown(self) -> Iterable[tuple[str, str]]:
        """See `Provider.shown`."""
        if not self._other:
            yield "gfx_arch", self._gfx or "gpu.gfx is not known"
            without = ABSENT if self._without_rocm else "rocm.version is not known"
            yield "rocm_version", self._rocm or without


def _absent(environment: RuntimeEnvironment, vendor: str, telling: str) -> str:
    """Why the target has no processor of a make that can be used; empty where it may have one."""
    found = environment.facts.get("gpu.vendor")
    if found is not None and found.value != vendor:
        return f"gpu.vendor is {found.value}"
    fact = environment.facts.get(telling)
    return f"{telling} is {ABSENT}" if fact is not None and fact.value == ABSENT else ""


def _driver_cuda(environment: RuntimeEnvironment) -> tuple[str, str]:
    """The CUDA version that the bounds are compared with, and how it is known; empty where it is not.

    What follows from the driver counts all releases of a major that it may serve; bounds mean the one that
    the driver says it has.
    """
    cuda, driver = environment.text("cuda.max") or "", environment.text("gpu.driver")
    if driver is not None and environment.text("os.kernel") in (None, "linux"):
        own = own_cuda(driver)
        if own is not None and cuda in ("", highest_cuda(driver)):
            return own, f"driver {driver} has CUDA {own}"
    return cuda, f"cuda.max is {cuda}"


def _cuda_numbers(value: str) -> _Numbers:
    match = _CUDA.fullmatch(value)
    return () if match is None else tuple(int(number) for number in match.groups() if number)
