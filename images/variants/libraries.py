"""Variant properties that say which library a wheel was built with: ``blas_lapack :: library :: openblas``.

They are a matter of choice more than of hardware: wheels bring the library along. Source: PEP 825, examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from images.facts.environment import RuntimeEnvironment
from images.variants.provider import Fit

_LIBRARIES = ("accelerate", "openblas", "mkl")


class BlasProvider:
    """``blas_lapack :: library``: what the system has first, then what wheels of most projects hold."""

    namespace = "blas_lapack"

    def __init__(self, environment: RuntimeEnvironment) -> None:
        self._kernel = environment.text("os.kernel")
        self._arch = environment.text("arch")

    def fit(self, feature: str, values: Sequence[str]) -> Fit | None:
        """See `Provider.fit`."""
        if feature != "library":
            return None
        asked = {library: self._has(library) for library in _LIBRARIES if library in values}
        open_facts = [fact for has, fact in asked.values() if has is None]
        return Fit(
            values=tuple(library for library, (has, _) in asked.items() if has),
            known=f"os.kernel is {self._kernel}, arch is {self._arch}",
            missing=open_facts[0] if open_facts else None,
        )

    def order(self, feature: str) -> tuple[int, str]:
        """There is one feature."""
        return (0, feature)

    def shown(self) -> Iterable[tuple[str, str]]:
        """See `Provider.shown`."""
        fit = self.fit("library", _LIBRARIES)
        assert fit is not None
        yield "library", ", ".join(fit.values)

    def _has(self, library: str) -> tuple[bool | None, str]:
        """Whether the target can have it, and which fact tells."""
        match library:
            case "accelerate":
                return (None if self._kernel is None else self._kernel == "darwin"), "os.kernel"
            case "mkl":
                return (None if self._arch is None else self._arch in ("x86_64", "i686")), "arch"
            case _:
                return True, ""
