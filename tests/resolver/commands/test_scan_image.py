"""``stackwright scan --installed IMAGE``: the same as of the directory that the image was made from."""

from __future__ import annotations

import json
from pathlib import Path

from fakes.commands import Commands
from fakes.images.image_files import FakeImage, write_docker_archive, write_oci_layout
from fakes.images.layers import file, layer, whiteout

SITE = "usr/lib/python3.11/site-packages"
FILES = {
    f"{SITE}/thing/__init__.py": "def f(): pass\n",
    f"{SITE}/thing-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n",
    f"{SITE}/thing-1.0.dist-info/RECORD": "thing/__init__.py,,\nthing-1.0.dist-info/METADATA,,\n",
    f"{SITE}/user.py": "import thing\nthing.f()\n",
    f"{SITE}/user-2.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: user\nVersion: 2.0\n",
    f"{SITE}/user-2.0.dist-info/RECORD": "user.py,,\nuser-2.0.dist-info/METADATA,,\n",
}


def test_an_image_is_read_like_a_directory(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    for path, text in FILES.items():
        commands.write(f"root/{path}", text)
    base = layer(*(file(path, text.encode()) for path, text in FILES.items()), file(f"{SITE}/gone.py"))
    top = layer(whiteout(f"{SITE}/gone.py"))
    write_docker_archive(commands.path("image.tar"), FakeImage(layers=(base, top)))
    of_image = commands.main("scan", "--installed", "image.tar", "--format", "json")
    of_directory = commands.main("scan", "--installed", "root", "--format", "json")
    assert (of_image.code, of_directory.code) == (0, 0), of_image.err
    found, expected = json.loads(of_image.out), json.loads(of_directory.out)
    assert found["distributions"] == expected["distributions"]
    assert found["input"] == {**expected["input"], "what": "image.tar"}
    assert found["unknowns"] == expected["unknowns"] == []
    user = found["distributions"][1]
    assert user["demands"] == [{"distribution": "thing", "required": ["thing", "thing.f"]}]


def test_a_layout_is_an_image_though_it_is_a_directory(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    content = layer(*(file(path, text.encode()) for path, text in FILES.items()))
    write_oci_layout(commands.path("layout"), FakeImage(layers=(content,)))
    found = commands.main("scan", "--installed", "layout", "--format", "json")
    assert [one["name"] for one in json.loads(found.out)["distributions"]] == ["thing", "user"]
