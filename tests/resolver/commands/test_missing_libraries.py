"""``advise --image`` tells the libraries of the system that wheels need, by what their files say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.images.elves import elf
from fakes.images.image_files import write_oci_layout
from fakes.images.runtime_images import glibc_image
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

TAG = "cp311-cp311-manylinux_2_17_x86_64"
MODULE = "_{}.cpython-311-x86_64-linux-gnu.so"

BOOST = {"boost/lib/libboost.so": elf(needed=["libgomp.so.1", "libm.so.6", "libdl.so.2"])}


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """`view` needs a library of the system by way of one of its own, and `base` brings one for `user`."""
    index = FakeIndex()
    view = {
        f"view/{MODULE.format('view')}": elf(needed=["libview-1a2b3c4d.so.1", "libc.so.6"]),
        "view.libs/libview-1a2b3c4d.so.1": elf(soname="libview-1a2b3c4d.so.1", needed=["libGL.so.1"]),
        "view/plugins/libplugin.so": elf(needed=["libpq.so.5"]),
        f"view/{MODULE.format('old').replace('311', '310')}": elf(needed=["libssl.so.1.1"]),
        f"view/{MODULE.format('arm')}": elf(machine=183, needed=["libarm.so.1"]),
    }
    index.add("view", "1.0", tags=[TAG], contents=view)
    index.add("base", "1.0", tags=[TAG], contents={"base/lib/libbase.so.2": elf(soname="libbase.so.2")})
    user = {
        f"user/{MODULE.format('user')}": elf(needed=["libbase.so.2", "libcuda.so.1", "libpython3.11.so.1.0"])
    }
    index.add("user", "1.0", requires=["base"], tags=[TAG], contents=user)
    index.add("odd", "1.0", tags=[TAG], contents={f"odd/{MODULE.format('odd')}": elf(needed=["libodd.so.9"])})
    index.add("boost", "1.0", tags=["py3-none-manylinux_2_17_x86_64"], contents=BOOST)
    with IndexServer(index) as running:
        yield running


def remarks(commands: Commands, *asked: str) -> tuple[dict[str, str], list[str]]:
    """What the unit says of pins, and of the stack."""
    ran = commands.advise(*asked, "--image", "image", "--format", "json")
    assert ran.code == 0, ran.err
    unit = "missing-libraries"
    of_pins = {
        pin["name"]: reason["message"]
        for pin in ran.json["pins"]
        for reason in pin["reasons"]
        if reason["unit"] == unit
    }
    return of_pins, [remark["message"] for remark in ran.json["remarks"] if remark["unit"] == unit]


def test_what_is_missing_is_told_with_the_package_that_brings_it(stackwright: Commands) -> None:
    write_oci_layout(stackwright.path("image"), glibc_image())
    of_pins, of_stack = remarks(stackwright, "view", "user", "odd", "boost")
    told = (
        "view 1.0 needs libGL.so.1 of the system (view.libs/libview-1a2b3c4d.so.1), "
        "and the target has no such library"
    )
    assert of_pins["view"] == told
    assert of_pins.keys() == {"view", "odd", "boost"}
    assert of_stack == ["libraries of the system are missing: apt-get install libgl1 libgomp1"]
    text = stackwright.advise("view", "--image", "image", COLUMNS="250").out
    assert f"warning: {told}" in text
    assert "apt-get install libgl1" in text


def test_what_the_image_has_is_not_missed(stackwright: Commands) -> None:
    opengl = {"usr/lib/x86_64-linux-gnu/libGL.so.1": elf(soname="libGL.so.1")}
    write_oci_layout(stackwright.path("image"), glibc_image(files=opengl))
    assert remarks(stackwright, "view", "user") == ({}, [])


def test_without_evidence_no_wheel_is_looked_into(stackwright: Commands) -> None:
    write_oci_layout(stackwright.path("image"), glibc_image())
    ran = stackwright.advise("view", "--image", "image", "--evidence", "none", "--format", "json")
    assert ran.json["statistics"]["requests"]["range"] == 0
    assert all(reason["unit"] != "missing-libraries" for pin in ran.json["pins"] for reason in pin["reasons"])
