"""The record that conda and its kin keep of a package they installed: ``conda-meta/NAME-VERSION-BUILD.json``.

Source: https://docs.conda.io/projects/conda-build/en/latest/resources/package-spec.html
"""

from __future__ import annotations

import msgspec

from analyzers.undecodable import UNDECODABLE
from images.packages.listed import ListedPackage, text, word


class _Record(msgspec.Struct):
    name: str
    version: str
    subdir: str | None = None
    license: str | None = None


_DECODER = msgspec.json.Decoder(_Record)


def read_conda_record(content: bytes) -> ListedPackage:
    """The package of one record; the architecture is conda's own word for it, such as ``linux-64``.

    Raises:
        ValueError: it is none.
    """
    try:
        record = _DECODER.decode(content)
    except UNDECODABLE as error:
        raise ValueError(f"no record of conda: {error}") from None
    return ListedPackage(
        name=word(record.name.encode(), "name"),
        version=word(record.version.encode(), "version"),
        arch=word(record.subdir.encode(), "platform") if record.subdir else None,
        license=text((record.license or "").encode()),
    )
