"""Which CUDA releases NVIDIA's drivers serve."""

from __future__ import annotations

import re

_DRIVER = re.compile(r"([0-9]{3,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?")

_HIGHEST_SERVED = (
    ((580, 65, 6), "13.1"),
    ((525, 60, 13), "12.9"),
    ((450, 80, 2), "11.8"),
    ((450, 36, 6), "11.0"),
    ((440, 33, 0), "10.2"),
    ((418, 39, 0), "10.1"),
    ((410, 48, 0), "10.0"),
    ((396, 26, 0), "9.2"),
    ((390, 46, 0), "9.1"),
    ((384, 81, 0), "9.0"),
    ((375, 26, 0), "8.0"),
)
"""From which Linux driver on which CUDA release is the highest that runs; since 11 all of a major release do.

Source: NVIDIA, "CUDA Compatibility" and release notes; the same in light-the-torch 0.8.1 and uv.
"""


def highest_cuda(driver: str) -> str | None:
    """The highest CUDA release that a Linux driver serves, such as ``12.9`` for ``535.129.03``.

    None for what is no driver's version, and for drivers older than the table. For drivers that are newer it
    is what is known that they serve.
    """
    match = _DRIVER.fullmatch(driver)
    if match is None:
        return None
    numbers = tuple(int(number or 0) for number in match.groups())
    return next((cuda for minimum, cuda in _HIGHEST_SERVED if numbers >= minimum), None)


_OWN = {
    450: "11.0",
    455: "11.1",
    460: "11.2",
    465: "11.3",
    470: "11.4",
    495: "11.5",
    510: "11.6",
    515: "11.7",
    520: "11.8",
    525: "12.0",
    530: "12.1",
    535: "12.2",
    545: "12.3",
    550: "12.4",
    555: "12.5",
    560: "12.6",
    565: "12.7",
    570: "12.8",
    575: "12.9",
    580: "13.0",
}
"""The first branch of Linux drivers that has a CUDA version as its own.

Source: NVIDIA, release notes of CUDA toolkits, "CUDA Toolkit and Corresponding Driver Versions".
"""


def own_cuda(driver: str) -> str | None:
    """The CUDA version that a Linux driver says it has, such as ``12.2`` for ``535.129.03``.

    What was built with a later release of the same major may run as well (`highest_cuda`), within limits:
    code that the driver would have to translate (PTX) does not. None for what is no driver's version, and for
    drivers older than the tables; of drivers that are newer it is what they have at least.
    """
    match = _DRIVER.fullmatch(driver)
    if match is None:
        return None
    branch = max((number for number in _OWN if number <= int(match[1])), default=None)
    return highest_cuda(driver) if branch is None else _OWN[branch]
