"""For which graphics processors a build is made, as the local label of its version tells."""

from __future__ import annotations

import re

import msgspec
from packaging.version import InvalidVersion, Version

from images.facts.environment import RuntimeEnvironment

_LABEL = re.compile(r"(?P<kind>cuda|cu|rocm|xpu|cpu)[._-]?(?P<number>\d[\d.]*)?(?:$|[._-])")
_VENDORS = {"cuda": "nvidia", "cu": "nvidia", "rocm": "amd", "xpu": "intel"}


class Build(msgspec.Struct, frozen=True):
    """What a local label says of a build.

    Attributes:
        vendor: of the graphics processors that it uses; ``none`` for a build that uses none.
        cuda: release of CUDA that it is built with; None for others, and where the label does not say.
    """

    vendor: str
    cuda: Version | None = None

    def is_served_by(self, environment: RuntimeEnvironment) -> bool:
        """Whether the graphics processor and the driver of a target can run it, as far as is known."""
        if self.vendor != gpu_vendor(environment):
            return False
        most = environment.text("cuda.max") or environment.text("cuda.runtime")
        if self.cuda is None or most is None:
            return True
        try:
            return self.cuda <= Version(most)
        except InvalidVersion:
            return True


def gpu_vendor(environment: RuntimeEnvironment) -> str | None:
    """Whose graphics processors the target uses; what is installed tells it of an image. None for none."""
    vendor = environment.text("gpu.vendor")
    if vendor is None and "gpu.vendor" not in environment:
        libraries = (("nvidia", "cuda.runtime"), ("amd", "rocm.version"))
        vendor = next((maker for maker, fact in libraries if environment.text(fact) is not None), None)
    return vendor


def build_of(version: Version) -> Build | None:
    """What a version says of its build: ``2.1+cu121`` is for CUDA 12.1; None where it says nothing.

    Source: the labels of the indexes of PyTorch and of JAX; ``cu92`` and ``cu121`` leave the point out.
    """
    found = _LABEL.match(version.local or "")
    if found is None:
        return None
    vendor = _VENDORS.get(found["kind"], "none")
    if vendor != "nvidia" or not found["number"]:
        return Build(vendor)
    number = found["number"].strip(".")
    if "." not in number and len(number) > 1 and not (found["kind"] == "cuda" and len(number) == 2):
        number = f"{number[:-1]}.{number[-1]}"
    return Build(vendor, Version(number))
