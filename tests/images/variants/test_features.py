from __future__ import annotations

import pytest

from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from images.variants.features import TargetFeatures


def features(**facts: FactValue) -> TargetFeatures:
    named = {name.replace("__", "."): Fact(value=value, source="test") for name, value in facts.items()}
    return TargetFeatures(RuntimeEnvironment(facts=named))


def had(target: TargetFeatures, namespace: str, feature: str, *values: str) -> tuple[str, ...]:
    return target.fit(namespace, feature, values).values


def test_levels_of_x86_64_include_lower_ones() -> None:
    target = features(arch="x86_64", cpu__level=3)
    assert had(target, "x86_64", "level", "v1", "v4", "v2", "v3", "v9", "3", "v03") == ("v3", "v2", "v1")
    assert target.fit("x86_64", "level", ["v4"]).known == "cpu.level is 3"


def test_whatever_runs_x86_64_has_the_first_level_and_of_more_the_fact_is_named() -> None:
    fit = features(arch="x86_64").fit("x86_64", "level", ["v1", "v2"])
    assert (fit.values, fit.missing) == (("v1",), "cpu.level")


def test_flags_tell_the_level_and_a_level_tells_flags() -> None:
    flags = features(arch="x86_64", cpu__flags=("avx512f", "pni", "sse2"))
    assert had(flags, "x86_64", "avx512f", "on", "off") == ("on",)
    assert had(flags, "x86_64", "sse3", "on") == ("on",)
    assert flags.fit("x86_64", "avx2", ["on"]).known == "cpu.flags are without avx2"
    assert flags.fit("x86_64", "level", ["v2"]).known == "cpu.level is 0"
    level = features(arch="x86_64", cpu__level=3)
    assert had(level, "x86_64", "avx2", "on") == ("on",)
    assert level.fit("x86_64", "avx512f", ["on"]).missing == "cpu.flags"
    assert level.fit("x86_64", "avx2", ["off"]).missing is None


@pytest.mark.parametrize("namespace", ["x86_64", "aarch64"])
def test_another_architecture_has_none_of_it(namespace: str) -> None:
    fit = features(arch="riscv64", cpu__flags=("avx2", "sve")).fit(namespace, "avx2", ["on"])
    assert (fit.values, fit.known, fit.missing) == ((), "arch is riscv64", None)
    assert features().fit(namespace, "avx2", ["on"]).missing == "arch"


def test_versions_of_aarch64_are_those_that_the_processor_is_known_to_have() -> None:
    target = features(arch="aarch64", cpu__microarchitecture="neoverse_n1", cpu__flags=("asimd",))
    assert had(target, "aarch64", "version", "8a", "8.1a", "8.2a", "9.0a") == ("8.2a", "8.1a", "8a")
    assert had(target, "aarch64", "asimd", "on") == ("on",)
    assert target.fit("aarch64", "sve", ["on"]).known == "cpu.flags are without sve"


@pytest.mark.parametrize("name", [None, "aarch64", "unheard_of"])
def test_a_generic_name_leaves_the_version_of_aarch64_open(name: str | None) -> None:
    more = {} if name is None else {"cpu__microarchitecture": name}
    fit = features(arch="aarch64", **more).fit("aarch64", "version", ["8a", "8.2a"])
    assert (fit.values, fit.missing) == (("8a",), "cpu.microarchitecture")


def test_bounds_of_cuda_are_those_of_the_driver() -> None:
    target = features(gpu__vendor="nvidia", cuda__max="12.7")
    lower = had(
        target, "nvidia", "cuda_version_lower_bound", "12", "11.8", "12.7", "12.8", "13", "x", "12.10"
    )
    assert lower == ("12.7", "12", "11.8")
    upper = had(target, "nvidia", "cuda_version_upper_bound", "12", "12.7", "12.8", "12.10", "13", "13.0")
    assert upper == ("13.0", "13", "12.10", "12.8")
    assert target.fit("nvidia", "sm_arch", ["90_real"]).missing == "gpu.sm"
    assert (
        features(gpu__vendor="nvidia").fit("nvidia", "cuda_version_lower_bound", ["12"]).missing == "cuda.max"
    )


@pytest.mark.parametrize(
    ("facts", "lower", "known"),
    [
        ({"gpu__driver": "535.104.05", "cuda__max": "12.9"}, "12.2", "driver 535.104.05 has CUDA 12.2"),
        ({"gpu__driver": "535.104.05"}, "12.2", "driver 535.104.05 has CUDA 12.2"),
        ({"gpu__driver": "535.104.05", "cuda__max": "12.6"}, "12.6", "cuda.max is 12.6"),
        ({"gpu__driver": "999.1", "cuda__max": "14.2"}, "14.2", "cuda.max is 14.2"),
        ({"gpu__driver": "565.57.01", "cuda__max": "12.9"}, "12.7", "driver 565.57.01 has CUDA 12.7"),
        ({"gpu__driver": "418.39", "cuda__max": "10.1"}, "10.1", "driver 418.39 has CUDA 10.1"),
    ],
)
def test_a_bound_means_what_the_driver_has_and_not_what_it_may_serve(
    facts: dict[str, FactValue], lower: str, known: str
) -> None:
    values = [f"{major}.{minor}" for major in range(10, 15) for minor in range(10)]
    fit = features(gpu__vendor="nvidia", **facts).fit("nvidia", "cuda_version_lower_bound", values)
    assert (fit.values[0], fit.known) == (lower, known)


@pytest.mark.parametrize(
    ("sm", "fitting"),
    [
        ("8.6", ("86_real", "80_real", "86_virtual", "75_virtual")),
        ("9.0", ("90_real", "90a_real", "90_virtual", "86_virtual", "75_virtual")),
        ("12.0", ("120_real", "120f_real", "90_virtual", "86_virtual", "75_virtual")),
        ("12.1", ("120_real", "120f_real", "90_virtual", "86_virtual", "75_virtual")),
        ("7.0", ()),
    ],
)
def test_binaries_run_within_a_major_and_ptx_on_whatever_is_later(sm: str, fitting: tuple[str, ...]) -> None:
    built = ["75_virtual", "80_real", "86_real", "86_virtual", "90_real", "90_virtual", "90a_real"]
    built += ["120_real", "120f_real", "all_real", "sm_90", "9", "90_real_x"]
    assert had(features(gpu__vendor="nvidia", gpu__sm=sm), "nvidia", "sm_arch", *built) == fitting


@pytest.mark.parametrize(
    ("facts", "known"),
    [
        ({"gpu__vendor": "none"}, "gpu.vendor is none"),
        ({"gpu__vendor": "amd", "cuda__max": "12.4"}, "gpu.vendor is amd"),
        ({"gpu__vendor": "nvidia", "cuda__max": "none"}, "cuda.max is none"),
    ],
)
def test_without_nvidia_nothing_of_it_fits(facts: dict[str, FactValue], known: str) -> None:
    fit = features(**facts).fit("nvidia", "cuda_version_lower_bound", ["11.0"])
    assert (fit.values, fit.known, fit.missing) == ((), known, None)


def test_amd() -> None:
    target = features(gpu__vendor="amd", gpu__gfx="gfx942", rocm__version="7.2.1")
    assert had(target, "amd", "gfx_arch", "gfx90a", "gfx942") == ("gfx942",)
    assert had(target, "amd", "rocm_version", "7", "7.2", "7.20", "7.2.1", "6.4") == ("7.2.1", "7.2", "7")
    assert features(gpu__vendor="amd").fit("amd", "rocm_version", ["7.2"]).missing == "rocm.version"
    assert features(rocm__version="none").fit("amd", "rocm_version", ["7.2"]).known == "rocm.version is none"
    assert features(gpu__vendor="amd").fit("amd", "gfx_arch", ["gfx942"]).missing == "gpu.gfx"


def test_libraries_are_a_choice_that_only_accelerate_and_mkl_limit() -> None:
    linux = features(os__kernel="linux", arch="x86_64")
    assert had(linux, "blas_lapack", "library", "accelerate", "mkl", "openblas") == ("openblas", "mkl")
    mac = features(os__kernel="darwin", arch="aarch64")
    assert had(mac, "blas_lapack", "library", "mkl", "openblas", "accelerate") == ("accelerate", "openblas")
    assert features(os__kernel="linux").fit("blas_lapack", "library", ["mkl"]).missing == "arch"


def test_what_nobody_knows_is_open() -> None:
    assert features().fit("quantum", "qubits", ["5"]).missing == "what the namespace quantum means"
    assert features().fit("nvidia", "tensor", ["on"]).missing == "what the feature nvidia :: tensor means"
    assert features().fit("blas_lapack", "provider", ["mkl"]).missing is not None


def test_order_of_features() -> None:
    target = features(arch="x86_64")
    names = ["sse2", "avx512f", "avx2", "level", "sha_ni", "sse3"]
    assert target.feature_order("x86_64", names) == ["level", "sha_ni", "avx512f", "avx2", "sse3", "sse2"]
    assert target.feature_order("aarch64", ["sve", "asimd", "version"]) == ["version", "asimd", "sve"]
    bounds = ["sm_arch", "cuda_version_upper_bound", "other", "cuda_version_lower_bound"]
    assert target.feature_order("nvidia", bounds) == [bounds[3], bounds[1], bounds[0], "other"]
    assert target.feature_order("unheard_of", ["b", "a"]) == ["a", "b"]


def test_what_is_shown() -> None:
    target = features(
        arch="x86_64", cpu__level=2, gpu__vendor="nvidia", cuda__max="12.4", gpu__sm="8.6", os__kernel="linux"
    )
    assert dict(target.shown()) == {
        "x86_64 :: level": "v2, v1",
        "x86_64 :: (each flag)": "cpu.flags is not known",
        "nvidia :: cuda_version_lower_bound": "12.4 and whatever is lower",
        "nvidia :: cuda_version_upper_bound": "whatever is higher than 12.4",
        "nvidia :: sm_arch": "86_real, 85_real, 84_real, 83_real, 82_real, 81_real, 80_real, "
        "and virtual ones up to 86_virtual",
        "blas_lapack :: library": "openblas, mkl",
    }
