"""Bad content of what is learned from, and of what was learned: documents, topic models, variants."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path

from fakes.about.documents import json_lines, kind_documents
from fakes.commands import Commands
from fakes.hostile.mutations import mutated
from fakes.hostile.seeds import FILE
from fakes.hostile.surviving import survive
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.variants import Stated, variants_json
from fakes.indexes.wheels import build_wheel, wheel_filename

X86: Mapping[str, Stated] = {
    "v2": {"x86_64": {"level": ["v2"]}},
    "v3": {"x86_64": {"level": ["v3"], "avx2": ["on"]}},
    "null": {},
}


def test_documents_that_a_model_is_trained_of(stackwright: Commands, seconds: float) -> None:
    lines = json_lines(kind_documents(24)).encode().splitlines()

    def prepare(chance: random.Random) -> None:
        bad = [mutated(chance, tuple(lines)) if chance.random() < 0.3 else line for line in lines]
        stackwright.write("labelled.jsonl", b"\n".join(bad))

    commands = [
        ["topics", "train", FILE, "-o", "mine", "--small"],
        ["topics", "show", "--documents", FILE, "--topics", "3", "--model", "shown"],
    ]
    assert survive(stackwright, "labelled.jsonl", prepare, commands, seconds) > 0


def test_the_files_of_a_topic_model(stackwright: Commands, seconds: float) -> None:
    """With the digests that the manifest says, unless it is the manifest that is bad."""
    stackwright.write("documents.jsonl", json_lines(kind_documents(40)))
    learn = ("topics", "show", "--documents", "documents.jsonl", "--topics", "3", "--model", "good")
    assert stackwright.main(*learn).code == 0
    good = {path.name: path.read_bytes() for path in stackwright.path("good").iterdir()}

    def prepare(chance: random.Random) -> None:
        shutil.rmtree(stackwright.path("model"), ignore_errors=True)
        name = chance.choice(sorted(good))
        files = {**good, name: mutated(chance, (good[name],))}
        manifest = json.loads(good["manifest.json"])
        if name in manifest["files"]:
            digest = f"sha256:{hashlib.sha256(files[name]).hexdigest()}"
            manifest["files"][name] = {"size_bytes": len(files[name]), "digest": digest}
            files["manifest.json"] = json.dumps(manifest).encode()
        for path, content in files.items():
            stackwright.write(f"model/{path}", content)

    commands = [
        ["topics", "show", "--model", "model"],
        ["topics", "show", "--model", "good", "--against", "model", "--format", "json"],
        ["topics", "update", "documents.jsonl", "--model", "model"],
    ]
    assert survive(stackwright, "topic-model", prepare, commands, seconds) > 0


def test_what_is_said_of_variants(tmp_path: Path, seconds: float) -> None:
    """The file of the index, the one in each wheel, or both."""
    good = variants_json(["x86_64"], X86)
    index = FakeIndex()
    with IndexServer(index) as server:
        stackwright = Commands(tmp_path, server.url)

        def prepare(chance: random.Random) -> None:
            for label, stated in X86.items():
                inside = variants_json(["x86_64"], {label: stated})
                inside = mutated(chance, (inside, good)) if chance.random() < 0.5 else inside
                files = {"pack-1.0.dist-info/variant.json": inside, "pack/__init__.py": b""}
                name = wheel_filename("pack", "1.0", f"py3-none-any-{label}")
                index.add_file("pack", name, build_wheel("pack", "1.0", files=files))
            told = mutated(chance, (good,)) if chance.random() < 0.7 else good
            index.add_file("pack", "pack-1.0-variants.json", told)
            for path in stackwright.store.parent.glob("store.sqlite3*"):
                path.unlink()

        commands = [
            ["advise", "pack", "--variants"],
            ["explain", "pack", "pack", "--prefer-variant", "x86_64"],
        ]
        assert survive(stackwright, "variants", prepare, commands, seconds) > 0
