"""A dependency as several tools describe it: by a version, or by a table of version, extras and place.

Source: https://pipenv.pypa.io/en/latest/pipfile.html and https://pixi.sh/latest/reference/pixi_manifest/; the
keys of places are those of https://docs.astral.sh/uv/concepts/projects/dependencies/ and of poetry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from analyzers.manifests.declared import DirectReference, Group, ReferenceKind
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.references import is_url, reference_of

Places = Iterable[tuple[str, ReferenceKind]]
USUAL_PLACES: Places = (("url", ReferenceKind.URL), ("path", ReferenceKind.PATH))


def declare_described(
    name: str,
    node: Node,
    group: Group,
    draft: Draft,
    *,
    references: Callable[[Node], Iterator[DirectReference]],
    marker: Callable[[Node], str | None] | None = None,
) -> None:
    """Declares the dependency `name` that the value of `node` describes.

    Args:
        references: the places that a table names; the first counts.
        marker: what a table says on when it holds.
    """
    if isinstance(node.value, str):
        text = node.value.strip()
        reference = reference_of(text) if is_url(text) else None
        draft.declare(
            name=name,
            specifier="" if reference or text == "*" else text,
            reference=reference,
            text=text,
            location=node.location,
            manner=Manner(group=group),
        )
        return
    if not isinstance(node.value, dict):
        node.wrong("a string or a table")
        return
    version = node.text_at("version") or "*"
    draft.declare(
        name=name,
        extras=[text for text, _ in node.strings_at("extras")],
        specifier="" if version == "*" else version,
        marker=marker(node) if marker else None,
        reference=next(references(node), None),
        text=f"{name} {version}",
        location=node.location,
        manner=Manner(
            group=group,
            editable=node.flag_at("editable"),
            index=node.text_at("index"),
            hashes=tuple(text for text, _ in node.strings_at("hashes")),
        ),
    )


def described_places(node: Node, places: Places = USUAL_PLACES) -> Iterator[DirectReference]:
    """The places that a table names: a git repository at a revision, then those of `places`, by key."""
    subdirectory = node.text_at("subdirectory")
    if git := node.text_at("git"):
        revision = node.text_at("rev") or node.text_at("tag") or node.text_at("branch")
        yield DirectReference(
            kind=ReferenceKind.VCS, target=git, vcs="git", revision=revision, subdirectory=subdirectory
        )
    for key, kind in places:
        if target := node.text_at(key):
            yield DirectReference(kind=kind, target=target, subdirectory=subdirectory)
