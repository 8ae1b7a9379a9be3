"""Indexes of rules that cannot be used, or lie: the usual index stays, and a warning names them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.faults import Fault
from fakes.indexes.server import IndexServer
from fakes.indexes.vendor_runs import DRIVER_535, NO_GPU, advised, image, moved, pin, pins, warnings
from fakes.indexes.vendor_site import LINUX, VendorSite, add_torch, usual_index, vendor_site

FAMILY = ("torch", "torchvision", "torchaudio")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(usual_index()) as running:
        yield running


def refused(ran: Ran, url: str) -> str:
    """Why the index is not used, in the warning of torch; its releases are those of the usual index."""
    versions = {name: version for name, version in pins(ran).items() if name in FAMILY}
    assert not any("+" in version for version in versions.values()), versions
    assert all(each["index"] is None for each in ran.json["pins"])
    (told,) = {
        message for message in warnings(ran) if message.startswith("torch 2.") and "the index" in message
    }
    head, _, reason = told.partition(f"the index {url} is not used, and the usual one stays, for ")
    assert head and reason, told
    return reason


@pytest.mark.parametrize(
    ("pattern", "fault", "metadata_files", "told"),
    [
        ("/simple/cpu/torch/", Fault.status(403), False, "HTTP status 403"),
        ("/simple/cpu/torch/", Fault.status(404), False, "it does not list torch"),
        ("/simple/cpu/torch/", Fault.redirect_loop(), False, "redirect"),
        (
            "/simple/cpu/torch/",
            Fault.body(b"<\xff\x00 it is <a href=no page", "text/html"),
            False,
            "no project page",
        ),
        ("/simple/cpu/torch/", Fault.body(b"{}", "application/json"), False, ""),
        ("/simple/cpu/torch/", Fault.endless(), False, ""),
        ("/files/cpu/*.whl", Fault.status(404), False, "HTTP status 404"),
        ("/files/cpu/*.whl", Fault.status(404), True, "HTTP status 404"),
        ("/files/cpu/torch-*.metadata", Fault.flip_bit(), True, "promised"),
        ("/files/cpu/torchvision-*.whl", Fault.status(404), True, "HTTP status 404"),
        ("/simple/cpu/torchaudio/", Fault.status(404), False, "it does not list torchaudio"),
    ],
    ids=[
        *("forbidden", "no project", "redirect loop", "no HTML", "other JSON", "endless page", "no wheels"),
        *("metadata without wheels", "other metadata", "no wheels of one project", "a project is missing"),
    ],
)
def test_an_index_that_fails_is_given_up_as_a_whole(
    stackwright: Commands, pattern: str, fault: Fault, metadata_files: bool, told: str
) -> None:
    with IndexServer(vendor_site(metadata_files=metadata_files), html_only=True) as vendor:
        moved(stackwright, vendor)
        vendor.fault(pattern, fault)
        assert told in refused(advised(stackwright, NO_GPU, *FAMILY), f"{vendor.url}cpu/")


def site(**options: object) -> VendorSite:
    """A site whose builds of torch for processors do not serve."""
    made = VendorSite()
    index = made.backend("cpu")
    match options:
        case {"version": str(version)}:  # METADATA that is of another version than the name of the file
            add_torch(index, ["2.15.0"], "+cpu")
            whole = index.file(f"torch-2.15.0+cpu-{LINUX}.whl").content
            index.add_file("torch", f"torch-{version}-{LINUX}.whl", whole)
        case {"tags": str(tags)}:
            add_torch(index, ["2.15.0"], "+cpu", tags=[tags])
        case {"hashes": False}:
            index.add_file("torch", f"torch-2.15.0+cpu-{LINUX}.whl", b"", hashes={})
        case {"sdist": True}:
            index.add("torch", "2.15.0+cpu", wheel=False, sdist=True)
        case {"prerelease": True}:
            index.add("torch", "2.16.0.dev1+cpu", tags=[LINUX])
    return made


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (site(version="2.15.1+cpu"), "2.15.1+cpu"),
        (site(tags="cp311-cp311-win_amd64"), "no usable wheel of torch"),
        (site(tags="cp312-cp312-manylinux_2_17_x86_64"), "no usable wheel of torch"),
        (site(hashes=False), "no usable wheel of torch with a hash"),
        (site(sdist=True), "no usable wheel of torch"),
        (site(prerelease=True), "no release of torch that is asked for"),
    ],
    ids=["METADATA of another version", "Windows alone", "other Python", "no hashes", "sdist", "pre-release"],
)
def test_a_listing_without_what_the_target_can_use(
    stackwright: Commands, made: VendorSite, told: str
) -> None:
    with IndexServer(made, html_only=True) as vendor:
        moved(stackwright, vendor)
        assert told in refused(advised(stackwright, NO_GPU, "torch"), f"{vendor.url}cpu/")


def test_an_index_that_is_not_there(stackwright: Commands) -> None:
    with IndexServer(vendor_site()) as vendor:
        moved(stackwright, vendor)
    assert refused(advised(stackwright, NO_GPU, "torch"), f"{vendor.url}cpu/")


def test_without_requests_an_index_that_is_not_known_is_not_used(stackwright: Commands) -> None:
    with IndexServer(vendor_site(), html_only=True) as vendor:
        moved(stackwright, vendor)
        machine = image(stackwright, NO_GPU)
        known = stackwright.advise("torch", "--image", machine, "--no-rule", "torch-without-gpu")
        assert known.code == 0
        ran = stackwright.advise("torch", "--image", machine, "--offline", "--format", "json")
        assert "--offline forbids" in refused(ran, f"{vendor.url}cpu/")
        assert not vendor.requests


@pytest.mark.parametrize(
    ("asked", "version", "told"),
    [
        (("torch==2.2.0",), "2.2.0", "no release of torch that is asked for"),
        (("torch==2.15.0", "old-trainer"), None, ""),
        (("old-trainer",), "2.2.0", "with its releases alone no stack meets the requirements"),
        (("torch>2.14", "torchvision<0.30", "--exclude-newer", "2025-01-01"), None, ""),
        (("torch", "--exclude-newer", "2025-01-01"), "2.15.0", "no usable wheel"),
    ],
)
def test_what_the_index_of_a_rule_cannot_serve_the_usual_one_does(
    stackwright: Commands, asked: tuple[str, ...], version: str | None, told: str
) -> None:
    with IndexServer(vendor_site(), html_only=True) as vendor:
        moved(stackwright, vendor)
        ran = advised(stackwright, NO_GPU, *asked)
        if version is None:
            assert ran.code == 1
            assert "+cpu" not in ran.out
        else:
            assert told in refused(ran, f"{vendor.url}cpu/")
            assert pins(ran)["torch"] == version


def test_releases_that_a_rule_does_not_mean_stay_where_they_are(stackwright: Commands) -> None:
    with IndexServer(vendor_site(), html_only=True) as vendor:
        moved(stackwright, vendor)
        ran = advised(stackwright, DRIVER_535, "torch==2.2.0")
        assert pins(ran)["torch"] == "2.2.0"
        assert pin(ran, "torch")["index"] is None
        assert not warnings(ran)
        ran = advised(stackwright, DRIVER_535, "torch==2.15.0")
        assert pins(ran)["torch"] == "2.15.0"
        assert any("2.14 is the last with builds for CUDA 12.6" in message for message in warnings(ran))


def test_an_existing_lock_keeps_its_release_in_the_build_of_the_rule(stackwright: Commands) -> None:
    with IndexServer(vendor_site(), html_only=True) as vendor:
        moved(stackwright, vendor)
        stackwright.write("old.txt", "torch==2.14.0\n")
        ran = advised(stackwright, NO_GPU, "torch", "--prefer", "old.txt")
        assert pins(ran)["torch"] == "2.14.0+cpu"
        stackwright.write("new.txt", "torch==2.14.0+cpu\n")
        ran = advised(stackwright, NO_GPU, "torch", "--prefer", "new.txt")
        assert pins(ran)["torch"] == "2.14.0+cpu"
