"""The base of an image: what speaks for it, and that nothing is claimed without that."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact
from images.reports.base_image import base_image
from images.reports.image_config import HistoryEntry, ImageConfig, RootFilesystem, RunConfig

OLD = "/bin/sh -c #(nop)  "
DEBIAN = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1745798400'"
PYTHON = ("ENV PYTHON_VERSION=3.11.7", "RUN /bin/sh -c set -eux; wget … # buildkit", 'CMD ["python3"]')
APP = ("RUN /bin/sh -c pip install flask # buildkit", "COPY . /app # buildkit")


def config(
    *steps: str, labels: dict[str, str] | None = None, layers: int = 1, comments: tuple[str, ...] = ()
) -> ImageConfig:
    history = [HistoryEntry(created_by=step) for step in steps]
    history += [HistoryEntry(created_by="/bin/sh", comment=comment) for comment in comments]
    return ImageConfig(
        config=RunConfig(labels=labels),
        rootfs=RootFilesystem(diff_ids=("sha256:0",) * layers),
        history=tuple(history),
    )


def system(identifier: str, version: str | None = None) -> Catalog:
    facts = {"os.id": Fact(value=identifier, source="/etc/os-release")}
    if version is not None:
        facts["os.version"] = Fact(value=version, source="/etc/os-release")
    return Catalog(facts=facts)


def base(image: ImageConfig, known: Catalog | None = None) -> str | None:
    found, evidence = base_image(image, known or Catalog())
    assert (found is None) == (evidence == ())
    return found


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (config(DEBIAN, *APP), "debian:bookworm"),
        (config(DEBIAN, *PYTHON, *APP), "python:3.11.7"),
        (config(DEBIAN, *PYTHON), "debian:bookworm"),
        (config(DEBIAN), None),
        (config(DEBIAN, f'{OLD}CMD ["bash"]'), None),
        (config(*(f"{OLD}{step}" for step in PYTHON), *APP), "python:3.11.7"),
        (config("ENV PYTHON_VERSION 3.11.7", 'CMD ["python3"] # buildkit', *APP), "python:3.11.7"),
        (config("ENV PYTHON_VERSION=3.11.7", 'CMD ["flask"]', *APP), None),
        (config('CMD ["python3"]', *APP), None),
        (config(DEBIAN, "ENV NODE_VERSION=20.1.0", 'CMD ["node"]', *PYTHON, *APP), "python:3.11.7"),
        (config("ADD alpine-minirootfs-3.19.1-x86_64.tar.gz / # buildkit", *APP), "alpine:3.19.1"),
        (config("ADD alpine-minirootfs-3.19.1-x86_64.tar.gz /", 'CMD ["/bin/sh"]'), None),
        (
            config("ENV CUDA_VERSION=12.2.0", "LABEL maintainer=NVIDIA <cudatools@nvidia.com>", *APP),
            "nvidia/cuda:12.2.0",
        ),
        (config("ENV CUDA_VERSION=12.2.0", *APP), None),
        (
            config(comments=("FROM docker.io/library/python:3.11", "FROM localhost/mine:1")),
            "localhost/mine:1",
        ),
        (config(comments=("FROM scratch",)), None),
        (config(comments=("FROM a b",)), None),
        (config(*APP), None),
        (ImageConfig(), None),
    ],
)
def test_by_history(image: ImageConfig, expected: str | None) -> None:
    assert base(image) == expected


def test_the_label_of_the_base_goes_before_what_is_inherited() -> None:
    labels = {
        "org.opencontainers.image.base.name": "registry.example:5000/team/python:3.11",
        "org.opencontainers.image.base.digest": f"sha256:{'0' * 64}",
    }
    found, evidence = base_image(config(DEBIAN, *PYTHON, *APP, labels=labels), Catalog())
    assert found == "registry.example:5000/team/python:3.11"
    assert [one.confidence for one in evidence] == [Confidence.LIKELY] * 2
    assert evidence[0].what == f"the label org.opencontainers.image.base.name is {found}"
    noted = config(labels=labels, comments=("FROM docker.io/library/debian:12",))
    assert base(noted) == "docker.io/library/debian:12"


def test_labels_of_a_distribution_count_where_the_system_agrees() -> None:
    labels = {"org.opencontainers.image.ref.name": "ubuntu", "org.opencontainers.image.version": "22.04"}
    assert base(config(labels=labels), system("ubuntu", "22.04")) == "ubuntu:22.04"
    assert base(config(labels=labels), system("ubuntu", "24.04")) is None
    assert base(config(labels=labels), system("debian", "22.04")) is None
    assert base(config(labels=labels)) is None


def test_the_run_image_of_buildpacks() -> None:
    document = '{"runImage": {"image": "example.org/run:base", "reference": "f00", "topLayer": "sha256:1"}}'
    assert base(config(labels={"io.buildpacks.lifecycle.metadata": document})) == "example.org/run:base"
    assert base(config(labels={"io.buildpacks.lifecycle.metadata": "{"})) is None
    assert base(config(labels={"io.buildpacks.lifecycle.metadata": '{"runImage": 1}'})) is None


def test_the_system_alone_is_only_possible_and_only_where_something_is_on_top() -> None:
    found, evidence = base_image(config(layers=2), system("debian", "12"))
    assert found == "debian:12"
    assert [(one.where, one.confidence) for one in evidence] == [("/etc/os-release", Confidence.POSSIBLE)]
    assert base(config(layers=1), system("debian", "12")) is None
    assert base(config(layers=2), system("arch")) == "arch"
    assert base(config(layers=2)) is None


def test_evidence_names_the_steps() -> None:
    _, evidence = base_image(config(DEBIAN, *PYTHON, *APP), Catalog())
    assert [one.where for one in evidence] == [
        "configuration: step 2 of the history",
        "configuration: step 4 of the history",
    ]


@pytest.mark.parametrize("name", ["", "a b", "\x1b[31m", "a" * 1000, "é", "-a", "a:b:c"])
def test_what_is_no_reference_is_no_claim(name: str) -> None:
    assert base(config(labels={"org.opencontainers.image.base.name": name})) is None


def test_long_histories_are_bounded() -> None:
    steps = ["ENV PYTHON_VERSION=3" + "x" * 100_000] * 200 + ["# debian.sh " + "'" * 100_000] * 200
    assert base(config(*steps)) is None
