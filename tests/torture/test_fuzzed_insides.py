"""Bad content whose sizes and digests are right: what no check of a digest keeps away."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.hostile.mutations import mutated
from fakes.hostile.seeds import FILE, inputs, pack_lines
from fakes.hostile.surviving import survive
from fakes.images import layers as tar
from fakes.images.image_files import FakeImage, write_docker_archive, write_oci_archive
from fakes.images.web_images import web_image
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import PageForm
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel
from fakes.probing.packs import write_pack

SITE = "usr/lib/python3.11/site-packages"


def test_the_lines_of_a_pack(stackwright: Commands, seconds: float) -> None:
    seeds = tuple(pack_lines())

    def prepare(chance: random.Random) -> None:
        lines = [mutated(chance, seeds).replace(b"\n", b" ") for _ in range(chance.choice((1, 3, 30)))]
        head = {"observations": len(lines), "verdicts": 0}
        if chance.random() < 0.2:
            head[chance.choice(("observations", "verdicts", "tool"))] = chance.choice((-1, 1 << 70, 0))
        write_pack(stackwright.path("seen.pack"), lines, head)

    commands = [["knowledge", "import", FILE], ["knowledge", "verdicts"], ["knowledge", "export", "x.pack"]]
    assert survive(stackwright, "seen.pack", prepare, [*commands, ["advise", "flask"]], 2 * seconds) > 0


def test_the_layers_of_an_image(stackwright: Commands, seconds: float) -> None:
    """Entries of a layer with bad contents, names and links; then the whole of one layer made bad."""
    contents = _root_files()

    def layer(chance: random.Random) -> bytes:
        name = chance.choice(sorted(contents))
        entries = [tar.file(name, mutated(chance, (contents[name],)), mode=0o755)]
        odd = mutated(chance, (name.encode(),))[:300].replace(b"\0", b"") or b"x"
        entries += chance.choice((
            [],
            [tar.file(odd, b"x")],
            [tar.symlink(name, odd)], [tar.symlink(odd, "/")], [tar.hardlink(odd, name)],
            [tar.fifo(name)], [tar.device(name)], [tar.whiteout(odd)], [tar.opaque(odd)],
            [tar.symlink(SITE, SITE)], [tar.symlink("usr", "."), tar.file(f"usr/usr/{name}", b"x")],
        ))  # fmt: skip
        chance.shuffle(entries)
        return tar.layer(*entries)

    def prepare(chance: random.Random) -> None:
        image = web_image()
        layers: list[bytes] = [one for one in image.layers if isinstance(one, bytes)]
        layers.insert(chance.randrange(len(layers) + 1), layer(chance))
        if chance.random() < 0.3:
            number = chance.randrange(len(layers))
            layers[number] = mutated(chance, (layers[number],))
        config = image.config
        if chance.random() < 0.3:
            config = _bad_config(chance, image)
        write = chance.choice((write_docker_archive, write_oci_archive))
        write(stackwright.path("image.tar"), dataclasses.replace(image, layers=layers, config=config))

    commands = [["inspect", FILE, "--format", "json"], ["inspect", FILE], ["compare", FILE, FILE]]
    assert survive(stackwright, "image.tar", prepare, commands, 4 * seconds) > 0


def _bad_config(chance: random.Random, image: FakeImage) -> dict[str, object]:
    """A configuration that is JSON still."""
    for _ in range(100):
        try:
            found = json.loads(mutated(chance, (json.dumps(image.config).encode(),)))
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return {}


def _root_files() -> dict[str, bytes]:
    """Files of a root file system, some of them where the second layer has its Python."""
    found = {name.removeprefix("root/"): case.seeds[0] for name, case in inputs().items() if "root/" in name}
    metadata = b"Metadata-Version: 2.1\nName: shop\nVersion: 1.0\nRequires-Dist: flask>=2\n"
    return {
        **found,
        f"{SITE}/shop-1.0.dist-info/METADATA": metadata,
        f"{SITE}/shop/__init__.py": b"import flask\n",
    }


@pytest.fixture
def served(tmp_path: Path) -> tuple[FakeIndex, bytes, bytes]:
    wheel = build_wheel("pack", "1.0", ["click"], files={"pack/__init__.py": b"import click\nx = 1\n"})
    return FakeIndex(), wheel, b"Metadata-Version: 2.1\nName: pack\nVersion: 1.0\nRequires-Dist: click>=7\n"


def test_the_files_of_an_index(
    served: tuple[FakeIndex, bytes, bytes], tmp_path: Path, seconds: float
) -> None:
    """Wheels by ranges and metadata, each with the hash that its listing says."""
    index, wheel, metadata = served
    index.add("click", "8.0", contents={"click/__init__.py": b""})
    with IndexServer(index) as server:
        stackwright = Commands(tmp_path, server.url)
        stackwright.write("app.py", "import pack\npack.x\n")

        def prepare(chance: random.Random) -> None:
            for number in range(3):
                bad = mutated(chance, (metadata,)) if chance.random() < 0.5 else None
                name = f"pack-{number}.0-py3-none-any.whl"
                index.add_file("pack", name, mutated(chance, (wheel,)), metadata=bad)
            for path in stackwright.store.parent.glob("store.sqlite3*"):
                path.unlink()

        commands = [
            ["advise", "pack", "--source", "app.py"],
            ["surface", "pack==1.0"],
            ["diff", "pack", "0.0", "2.0"],
            ["topics", "classify", "pack", "--small"],
            ["scan", ".", "--look-up"],
        ]
        assert survive(stackwright, "files", prepare, commands, 2 * seconds) > 0


def test_the_listings_of_an_index(tmp_path: Path, small_index: FakeIndex, seconds: float) -> None:
    forms = (PageForm.JSON, PageForm.HTML)
    with IndexServer(small_index) as server:
        stackwright = Commands(tmp_path, server.url)

        def prepare(chance: random.Random) -> None:
            form = chance.choice(forms)
            for project in ("flask", "click"):
                page = mutated(chance, (small_index.page(project, form),))
                server.heal()
                server.fault(f"/simple/{project}/", Fault.body(page, form.value))
            for path in stackwright.store.parent.glob("store.sqlite3*"):
                path.unlink()

        commands = [
            ["advise", "flask"],
            ["explain", "flask", "flask"],
            ["space", "flask"],
            ["advise", "flask"],
        ]
        assert survive(stackwright, "listings", prepare, commands, 2 * seconds) > 0


@pytest.mark.parametrize("kind", ["default", "small"])
def test_the_files_of_a_model(kind: str, stackwright: Commands, seconds: float) -> None:
    """With the digests that the manifest says, unless it is the manifest that is bad."""
    import topics

    shipped = Path(topics.__file__).parent / "models" / kind
    good = {path.name: path.read_bytes() for path in shipped.iterdir() if path.is_file()}

    def prepare(chance: random.Random) -> None:
        shutil.rmtree(stackwright.path("model"), ignore_errors=True)
        name = chance.choice(sorted(good))
        files = {**good, name: mutated(chance, (good[name][: 1 << 20],))}
        manifest = json.loads(good["manifest.json"])
        if name in manifest["files"]:
            digest = f"sha256:{hashlib.sha256(files[name]).hexdigest()}"
            manifest["files"][name] = {"size_bytes": len(files[name]), "digest": digest}
            files["manifest.json"] = json.dumps(manifest).encode()
        for path, content in files.items():
            stackwright.write(f"model/{path}", content)

    stackwright.write("documents.jsonl", '{"name":"flask","summary":"A web framework"}\n')
    command: Sequence[str] = ["topics", "classify", "documents.jsonl", "--model", "model"]
    assert survive(stackwright, f"model-{kind}", prepare, [command], seconds) > 0
