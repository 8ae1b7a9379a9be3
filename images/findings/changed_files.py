"""Files of installed distributions that are not what was installed: RECORD against digests of the files.

Only where digests of files were asked for. Source: PEP 376, PEP 427.
"""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Iterator

from analyzers.distributions import RecordRow, read_distribution
from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.files import joined
from images.catalogers.catalog import Catalog
from images.installations.seen_places import seen_places
from images.reports.image_config import ImageConfig
from images.reports.records import PythonDistribution
from images.roots.following import FollowingFiles
from images.roots.links import path_of_shown, shown_path
from images.roots.root_files import RootFiles

_SHOWN = 5
_LIMIT_ROWS = 2_000_000
"""How many files are compared for all distributions together."""
# Bytecode is written at any time, and these by installers after the fact.
_PASSED_OVER = (".pyc", ".dist-info/RECORD", ".dist-info/INSTALLER", ".dist-info/REQUESTED")


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """A finding for each distribution with changed files; none where there are no digests."""
    following = seen_places(files).files
    found: list[Finding] = []
    compared = 0
    for one in known.distributions:
        if not one.where.endswith(".dist-info"):
            continue
        own = following.found(joined(path_of_shown(one.where), b"METADATA"))
        if own is None:
            continue
        if files.sha256(own) is None:
            return ()
        rows = read_distribution(following, path_of_shown(one.where)).record or ()
        compared += len(rows)
        if compared > _LIMIT_ROWS:
            break
        changed = tuple(_changed(files, following, one, rows))
        if changed:
            found.append(_finding(files, one, changed))
    return tuple(found)


def _changed(
    files: RootFiles, following: FollowingFiles, one: PythonDistribution, rows: tuple[RecordRow, ...]
) -> Iterator[bytes]:
    location = path_of_shown(one.location)
    for row in rows:
        if row.hash is None or not row.hash.startswith("sha256=") or row.path.endswith(_PASSED_OVER):
            continue
        stated = _digest(row.hash)
        path = row.path.encode()
        whole = path if path.startswith(b"/") else joined(location, path)
        real = following.file(whole) if stated is not None and b"\0" not in whole else None
        if real is not None and (actual := files.sha256(real)) is not None and actual != stated:
            yield real


def _digest(text: str) -> bytes | None:
    encoded = text.removeprefix("sha256=")
    try:
        found = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == 32 else None


def _finding(files: RootFiles, one: PythonDistribution, changed: tuple[bytes, ...]) -> Finding:
    some = ", ".join(map(shown_path, changed[:_SHOWN])) + (", …" if len(changed) > _SHOWN else "")
    evidence = []
    for path in changed[:_SHOWN]:
        layer = files.layer(path)
        origin = "" if layer is None else f" by layer {layer}"
        what = f"its content is not what RECORD states; set{origin or ' after installation'}"
        evidence.append(Evidence(what=what, where=shown_path(path)))
    return Finding(
        id="distribution-files-changed",
        level=Level.WARNING,
        message=f"{one.name} {one.version} in {one.location}: {len(changed)} "
        f"{'file was' if len(changed) == 1 else 'files were'} changed after installation ({some}); "
        "install it again, or publish the change as a version of its own",
        subject=one.name,
        location=Location(path=f"{one.where}/RECORD"),
        evidence=tuple(evidence),
    )
