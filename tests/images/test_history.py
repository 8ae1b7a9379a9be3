"""Steps as people wrote them, and what the configuration says of how the image runs."""

from __future__ import annotations

import pytest

from images.catalogers.configuration import configuration
from images.reports.history import created_by, layered_steps
from images.reports.image_config import HistoryEntry, ImageConfig, RootFilesystem, RunConfig
from images.reports.records import HistoryStep


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ('/bin/sh -c #(nop)  CMD ["python3"]', 'CMD ["python3"]'),
        ("/bin/sh -c #(nop) ADD file:9fb9 in / ", "ADD file:9fb9 in /"),
        ("/bin/sh -c apt-get update && \\\n\tapt-get upgrade", "RUN apt-get update && \\ apt-get upgrade"),
        ("RUN /bin/sh -c set -eux; make # buildkit", "RUN set -eux; make"),
        ("/bin/bash -o pipefail -c x", "/bin/bash -o pipefail -c x"),
        ("COPY . /srv # buildkit", "COPY . /srv"),
        ("|2 A=1 B=x /bin/sh -c make", "RUN make # with A=1 B=x"),
        ("RUN |1 A=1 /bin/sh -c make # buildkit", "RUN make # with A=1"),
        ("RUN |1 A_TOKEN=abcdefghij /bin/sh -c make", "RUN make # with A_TOKEN=[left out]"),
        ("# debian.sh --arch 'amd64' out/ 'bookworm'", "# debian.sh --arch 'amd64' out/ 'bookworm'"),
        ("", ""),
    ],
)
def test_a_step_loses_what_builders_wrap_it_in(step: str, told: str) -> None:
    assert created_by(HistoryEntry(created_by=step))[0] == told


def test_a_step_without_a_command_is_told_by_its_comment() -> None:
    assert created_by(HistoryEntry(comment="imported"))[0] == "imported"


def test_a_long_step_is_cut() -> None:
    text = created_by(HistoryEntry(created_by="RUN " + "x" * 100_000))[0]
    assert len(text) == 4001
    assert text.endswith("x…")


def test_steps_know_their_layers() -> None:
    history = (HistoryEntry(), HistoryEntry(empty_layer=True), HistoryEntry())
    config = ImageConfig(history=history, rootfs=RootFilesystem(diff_ids=("a", "b")))
    assert [layer for _, layer in layered_steps(config)] == [0, None, 1]


def test_where_history_and_layers_disagree_no_step_knows_its_layer() -> None:
    history = (HistoryEntry(), HistoryEntry())
    config = ImageConfig(history=history, rootfs=RootFilesystem(diff_ids=("a",)))
    assert [layer for _, layer in layered_steps(config)] == [None, None]


def test_the_configuration_leaves_secrets_out() -> None:
    run = RunConfig(
        user="app",
        env=("PATH=/bin", "DB_PASSWORD=hunter2hunter2", "A=1", "A=2", "nonsense"),
        entrypoint=("serve", "--token", "hunter2hunter2"),
        cmd=("--port=80",),
        working_dir="/srv",
        labels={"maintainer": "me", "api-key": "hunter2hunter2"},
        exposed_ports={"9000/udp": {}, "80/tcp": {}},
    )
    history = (HistoryEntry(created_by="ENV DB_PASSWORD=hunter2hunter2", empty_layer=True),)
    found = configuration(ImageConfig(config=run, history=history))
    assert found.environment == {"PATH": "/bin", "DB_PASSWORD": "", "A": "2"}
    assert found.entrypoint == ("serve", "--token", "[left out]")
    assert found.command == ("--port=80",)
    assert (found.user, found.working_directory) == ("app", "/srv")
    assert found.labels == {"maintainer": "me", "api-key": ""}
    assert found.exposed_ports == ("80/tcp", "9000/udp")
    assert found.history == (HistoryStep(created_by="ENV DB_PASSWORD=[left out]"),)
    assert "hunter2" not in repr(found)


def test_an_image_may_say_nothing() -> None:
    found = configuration(ImageConfig())
    assert (found.environment, found.user, found.history) == ({}, None, ())
