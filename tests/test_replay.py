"""The replaying index: byte-equal answers, recorded once, counted, delayed, and cacheable as in public."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.recording import BLOCK_BYTES
from fakes.indexes.replay import ReplayIndex, replaying
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel

JSON_PAGE = {"Accept": "application/vnd.pypi.simple.v1+json"}
WHEEL = "/files/flask-3.0.0-py3-none-any.whl"
REPLAYED = "/files/flask/flask-3.0.0-py3-none-any.whl"
SDIST = "flask-3.0.0.tar.gz"


def get(
    server: IndexServer, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET"
) -> tuple[int, Mapping[str, str], bytes]:
    connection = http.client.HTTPConnection(server.origin.removeprefix("http://"), timeout=5)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def upstream(*, metadata_files: bool = True) -> FakeIndex:
    index = FakeIndex(core_metadata=False, metadata_files=metadata_files)
    index.add("Flask", "3.0.0", requires=["werkzeug>=3"], sdist=True, padding_bytes=400_000)
    index.add("werkzeug", "3.1", requires_python=">=3.9", yanked="a & b")
    return index


@pytest.mark.parametrize("metadata_files", [True, False])
def test_metadata_is_that_of_the_wheel_whether_or_not_upstream_serves_it(
    tmp_path: Path, metadata_files: bool
) -> None:
    index = upstream(metadata_files=metadata_files)
    with IndexServer(index) as above, replaying(ReplayIndex(tmp_path, above.url)) as server:
        status, _, body = get(server, REPLAYED + ".metadata")
        assert (status, body) == (200, index.file(WHEEL.rpartition("/")[2]).metadata)
        whole = RequestKind.FILE
        assert whole not in above.counts()  # no wheel is downloaded for its metadata


def test_files_are_byte_equal_whole_and_in_parts(tmp_path: Path) -> None:
    with IndexServer(upstream()) as above, replaying(ReplayIndex(tmp_path, above.url)) as server:
        for span in ("0-0", "65000-66000", "-70000", "399000-", "131072-131072"):
            asked = {"Range": f"bytes={span}"}
            expected, found = get(above, WHEEL, asked), get(server, REPLAYED, asked)
            assert found[0] == expected[0] == 206
            assert found[1]["Content-Range"] == expected[1]["Content-Range"]
            assert found[2] == expected[2]
        whole = get(above, WHEEL)[2]
        assert get(server, REPLAYED, method="HEAD")[1]["Content-Length"] == str(len(whole))
        assert get(server, REPLAYED)[2] == whole
        assert get(server, f"/files/flask/{SDIST}")[2] == get(above, f"/files/{SDIST}")[2]


def test_only_the_blocks_that_are_needed_are_fetched(tmp_path: Path) -> None:
    with IndexServer(upstream()) as above, replaying(ReplayIndex(tmp_path, above.url)) as server:
        get(server, REPLAYED, {"Range": f"bytes={BLOCK_BYTES - 1}-{BLOCK_BYTES}"})
        get(server, REPLAYED, {"Range": "bytes=5-9"})
        ranges = [request.range for request in above.requests if request.path == WHEEL]
        assert ranges == [f"bytes=0-{2 * BLOCK_BYTES - 1}"]


def test_a_page_leads_to_the_recording_and_promises_metadata(tmp_path: Path) -> None:
    with IndexServer(upstream()) as above, replaying(ReplayIndex(tmp_path, above.url)) as server:
        before = json.loads(get(above, "/simple/flask/", JSON_PAGE)[2])
        after = json.loads(get(server, "/simple/flask/", JSON_PAGE)[2])
        for entry in before["files"]:
            entry["url"] = f"../../files/flask/{entry['filename']}"
            if entry["filename"].endswith(".whl"):
                entry["core-metadata"] = entry["dist-info-metadata"] = True
        assert after == before
        page = get(server, "/simple/werkzeug/", {"Accept": "text/html"})[2].decode()
        digest = before["files"][0]["hashes"]["sha256"]
        assert f"#sha256={digest}" not in page
        assert 'data-yanked="a &amp; b"' in page
        assert 'data-requires-python="&gt;=3.9"' in page
        assert 'data-core-metadata="true"' in page
        assert 'href="../../files/werkzeug/werkzeug-3.1-py3-none-any.whl#sha256=' in page
    bare = ReplayIndex(tmp_path, None, core_metadata=False)
    with replaying(bare) as server:
        assert "core-metadata" not in json.loads(get(server, "/simple/flask/", JSON_PAGE)[2])["files"][0]


def test_what_was_recorded_is_never_asked_for_again(tmp_path: Path) -> None:
    paths = ["/simple/flask/", "/simple/nothing/", REPLAYED + ".metadata", f"/files/flask/{SDIST}"]
    asked = {**JSON_PAGE, "Range": "bytes=-100"}
    with IndexServer(upstream()) as above:
        first = ReplayIndex(tmp_path, above.url)
        with replaying(first) as server:
            answers = [get(server, path, asked)[::2] for path in [*paths, REPLAYED]]
        sent = len(above.requests)
        assert first.upstream_requests == sent > 0
        second = ReplayIndex(tmp_path, above.url)
        with replaying(second) as server:
            assert [get(server, path, asked)[::2] for path in [*paths, REPLAYED]] == answers
        assert (second.upstream_requests, len(above.requests)) == (0, sent)
    with replaying(ReplayIndex(tmp_path, None)) as server:  # without any upstream, too
        assert [get(server, path, asked)[::2] for path in [*paths, REPLAYED]] == answers
    assert [status for status, _ in answers] == [200, 404, 206, 206, 206]


def test_requests_are_counted_by_kind_and_delayed(tmp_path: Path) -> None:
    with IndexServer(upstream()) as above:
        index = ReplayIndex(tmp_path, above.url)
        with replaying(index, delay_s={RequestKind.METADATA: 0.2}) as server:
            get(server, "/simple/flask/")
            get(server, REPLAYED, {"Range": "bytes=0-9"})
            get(server, REPLAYED)
            started = time.monotonic()
            get(server, REPLAYED + ".metadata")
            assert time.monotonic() - started >= 0.2
            assert server.counts() == dict.fromkeys(
                (RequestKind.LISTING, RequestKind.RANGE, RequestKind.FILE, RequestKind.METADATA), 1
            )


def test_answers_can_be_cached_as_those_of_the_public_index(tmp_path: Path) -> None:
    with IndexServer(upstream()) as above:
        index = ReplayIndex(tmp_path, above.url)
        with replaying(index) as server:
            for path, life in (("/simple/flask/", "max-age=600"), (REPLAYED, "immutable")):
                _, headers, _ = get(server, path, {"Range": "bytes=0-9"})
                assert life in headers["Cache-Control"]
                again = get(server, path, {"Range": "bytes=0-9", "If-None-Match": headers["ETag"]})
                assert (again[0], again[2]) == (304, b"")
            assert "Cache-Control" not in get(server, "/simple/nothing/")[1]
        with replaying(index, caching=False) as server:
            assert not {"Cache-Control", "ETag"} & get(server, "/simple/flask/")[1].keys()


def test_what_upstream_cannot_give_is_a_502_and_is_not_recorded(tmp_path: Path) -> None:
    with IndexServer(upstream()) as above:
        index = ReplayIndex(tmp_path, above.url)
        with replaying(index) as server:
            above.fault("*.tar.gz", Fault.flip_bit(), times=1)
            above.fault("/simple/werkzeug/", Fault.status(403), times=1)
            wrong = [f"/files/flask/{SDIST}", "/simple/werkzeug/"]
            assert [get(server, path)[0] for path in wrong] == [502, 502]
            assert "SHA-256" in index.failures[0]
            assert [get(server, path)[0] for path in wrong] == [200, 200]
        with replaying(ReplayIndex(tmp_path, None)) as server:
            assert get(server, "/simple/unheard-of/")[0] == 502


def test_names_that_lead_out_of_the_recording_are_refused(tmp_path: Path) -> None:
    index = upstream()
    index.add_file("werkzeug", "../../evil.whl", build_wheel("evil", "1"))
    with IndexServer(index) as above, replaying(ReplayIndex(tmp_path / "recording", above.url)) as server:
        assert b"evil" not in get(server, "/simple/werkzeug/", JSON_PAGE)[2]
        for path in ("/simple/../", "/simple/Flask/", "/files/../flask", "/files/werkzeug/..", "/other"):
            assert get(server, path)[0] == 404
    assert {file.name for file in tmp_path.iterdir()} == {"recording"}
