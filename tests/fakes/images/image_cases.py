"""Images that tests of several sources share, and what must not depend on the source."""

from __future__ import annotations

from pathlib import Path

from fakes.images.image_files import Compression, FakeImage
from fakes.images.layer_reading import read_plainly, tar_of
from images.sources.references import image_source
from images.sources.source import Image

LAYERS = (
    tar_of({"a": b"1" * 3000, "b": b"2"}),
    tar_of({"a": b"changed"}),
    tar_of({"a": b"1" * 3000, "b": b"2"}),
)
CONFIG = {
    "config": {"Env": ["PATH=/bin"], "Cmd": ["python3"], "Labels": {"a": "b"}, "WorkingDir": "/"},
    "history": [
        {"created_by": "one"},
        {"created_by": "none", "empty_layer": True},
        {"created_by": "two"},
        {"created_by": "three"},
    ],
}
IMAGE = FakeImage(layers=LAYERS, config=CONFIG)
MIXED = FakeImage(layers=LAYERS, config=CONFIG, compressions=tuple(Compression))
ARM64 = FakeImage(layers=LAYERS[:1], config={"architecture": "arm64", "variant": "v8"})
ARM = FakeImage(layers=LAYERS[1:2], config={"architecture": "arm", "variant": "v7"})
S390X = FakeImage(layers=LAYERS[1:2], config={"architecture": "s390x"})


def read_image(
    reference: Path | str,
    platform: str | None = "linux/amd64",
    *,
    environ: dict[str, str] | None = None,
    insecure: bool = False,
    said: list[str] | None = None,
) -> Image:
    """The image as the command would read it, with a plain reader of layers and no environment."""
    source = image_source(str(reference), platform=platform, environ=environ or {}, insecure=insecure)
    return source.read(read_plainly, (said if said is not None else []).append)


def facts(image: Image) -> tuple[object, ...]:
    """What must not depend on where an image comes from."""
    layers = [(layer.diff_id, layer.size_bytes, layer.entries, layer.contents) for layer in image.layers]
    return image.config, image.platform, layers, image.unknowns
