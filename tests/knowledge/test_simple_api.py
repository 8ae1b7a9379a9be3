from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import CorruptResponseError
from knowledge.indexes.simple_api import listing_from_page
from knowledge.releases import File, Listing

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=utf-8"
PAGE = "https://index.example/simple/foo/"
NAME = "foo-1.0-py3-none-any.whl"
DIGEST = "ab" * 32


def json_listing(*files: dict[str, object], url: str = PAGE, **page: object) -> Listing:
    entries = [{"filename": NAME, "url": NAME, "hashes": {}} | entry for entry in files]
    body = json.dumps({"meta": {"api-version": "1.1"}, "name": "foo", "files": entries} | page)
    return listing_from_page("foo", body.encode(), JSON, url)


def only(listing: Listing) -> File:
    (file,) = listing.files(0)
    return file


def html_file(anchor: str, head: str = "", url: str = PAGE) -> File:
    return only(listing_from_page("foo", f"<html><head>{head}</head>{anchor}".encode(), HTML, url))


def test_every_field_of_the_json_form_is_read() -> None:
    entry = {
        "url": f"https://files.example/{NAME}",
        "hashes": {"sha256": DIGEST},
        "requires-python": ">=3.8",
        "size": 123,
        "upload-time": "2024-01-02T03:04:05.678Z",
        "yanked": "broken",
        "core-metadata": {"sha256": DIGEST},
        "provenance": None,
    }
    file = only(json_listing(entry))
    assert file.url == f"https://files.example/{NAME}"
    assert (file.hashes, file.metadata_hashes) == ({"sha256": DIGEST}, {"sha256": DIGEST})
    assert (file.requires_python, file.size_bytes) == (">=3.8", 123)
    assert (file.uploaded_at, file.yanked) == ("2024-01-02T03:04:05.678Z", "broken")


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({}, None),
        ({"core-metadata": False}, None),
        ({"core-metadata": True}, {}),
        ({"dist-info-metadata": {"sha256": DIGEST}}, {"sha256": DIGEST}),
        ({"core-metadata": False, "dist-info-metadata": True}, None),
    ],
)
def test_the_promise_of_a_metadata_file(fields: dict[str, object], promise: dict[str, str] | None) -> None:
    assert only(json_listing(fields)).metadata_hashes == promise


@pytest.mark.parametrize(("stated", "reason"), [(False, None), (True, ""), ("", ""), ("why", "why")])
def test_yanked_is_a_truth_or_a_reason(stated: object, reason: str | None) -> None:
    assert only(json_listing({"yanked": stated})).yanked == reason


@pytest.mark.parametrize(
    ("address", "absolute"),
    [
        (NAME, f"https://index.example/simple/foo/{NAME}"),
        (f"../../files/{NAME}", f"https://index.example/files/{NAME}"),
        (f"/files/{NAME}", f"https://index.example/files/{NAME}"),
        (f"//cdn.example/{NAME}", f"https://cdn.example/{NAME}"),
        (f"https://user:secret@cdn.example:8443/{NAME}?x=1", f"https://cdn.example:8443/{NAME}?x=1"),
    ],
)
def test_addresses_become_absolute_and_lose_credentials(address: str, absolute: str) -> None:
    assert only(json_listing({"url": address})).url == absolute
    assert html_file(f'<a href="{address}#sha256={DIGEST}">x</a>').url == absolute


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "javascript:x",
        "http://[bad/x.whl",
        "http://h:99999/x",
        "ftp://h/x",
        "http://h/x",
    ],
)
def test_an_address_that_is_not_of_the_web_refuses_its_file_alone(address: str) -> None:
    listing = json_listing({"url": address}, {"filename": "foo-2.0.tar.gz"})
    assert (listing.versions, listing.unparsed) == (("2.0",), (NAME,))


def test_a_page_that_came_by_http_may_offer_both() -> None:
    for address in ("http://h.example/x", "https://h.example/x"):
        assert only(json_listing({"url": address}, url="http://127.0.0.1/simple/foo/")).url == address


def test_a_digest_in_the_address_is_honoured_and_gives_way_to_a_stated_one() -> None:
    fragment = f"{NAME}#sha256={'cd' * 32}&md5={'12' * 16}"
    assert only(json_listing({"url": fragment})).hashes == {"sha256": "cd" * 32, "md5": "12" * 16}
    stated = only(json_listing({"url": fragment, "hashes": {"sha256": DIGEST}}))
    assert stated.hashes["sha256"] == DIGEST
    assert "#" not in stated.url


def test_every_field_of_the_html_form_is_read() -> None:
    file = html_file(
        f'<a href="/f/{NAME}#sha256={DIGEST}" data-requires-python="&gt;=3.8" data-yanked="why"'
        f' data-core-metadata="sha256={DIGEST}" data-dist-info-metadata="true">{NAME}</a>'
    )
    assert (file.filename, file.requires_python, file.yanked) == (NAME, ">=3.8", "why")
    assert (file.hashes, file.metadata_hashes) == ({"sha256": DIGEST}, {"sha256": DIGEST})


def test_html_of_former_times_is_read() -> None:
    anchors = f'<A HREF="{NAME}" data-dist-info-metadata=true data-yanked>x<a href="foo-2.0%2Bx.tar.gz">'
    page = '<base href="/mirror/">' + anchors
    listing = listing_from_page("foo", page.encode(), "text/html; charset=ISO-8859-1", PAGE)
    assert listing.versions == ("1.0", "2.0+x")
    (file,) = listing.files(0)
    assert file.url == f"https://index.example/mirror/{NAME}"
    assert (file.yanked, file.metadata_hashes) == ("", {})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON),
        (b"{}", JSON),
        (b"<html>", JSON),
        (b"[" * 100_000, JSON),
        (b'{"files": [{"filename": "x", "url": ' + b"[" * 100_000, JSON),
        (b'{"files": [{"filename": "x\xff", "url": "y"}]}', JSON),
        (b'{"files": [{"filename": 1, "url": "y"}]}', JSON),
        (b'{"files": [], "meta": {"api-version": "2.0"}}', JSON),
        (b'<meta name="pypi:repository-version" content="2.0">', HTML),
        (b"{}", "application/octet-stream"),
        (b"{}", ""),
    ],
)
def test_a_page_that_is_none_is_an_error_with_its_address(body: bytes, content_type: str) -> None:
    with pytest.raises(CorruptResponseError, match=r"^https://index\.example/simple/foo/: "):
        listing_from_page("foo", body, content_type, PAGE)


def test_a_page_to_log_in_is_no_project_page() -> None:
    body = b"<html><body><a href='/login'>Sign in</a> to go on.</body></html>"
    with pytest.raises(CorruptResponseError, match="no project page"):
        listing_from_page("foo", body, "text/html", "https://index.example/simple/foo/")


def test_an_html_page_that_says_what_it_is_may_list_nothing() -> None:
    body = b"<html><head><meta name='pypi:repository-version' content='1.0'></head></html>"
    assert not listing_from_page("foo", body, "text/html", "https://index.example/simple/foo/").versions


def test_minor_versions_and_unknown_fields_are_tolerated() -> None:
    listing = json_listing({}, meta={"api-version": "1.99", "project-status": "archived"}, extra=[1])
    assert listing.versions == ("1.0",)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ('{"status": "archived", "reason": "no time\\n left"}', ("archived", "no time left")),
        ('{"status": "Quarantined"}', ("quarantined", "")),
        ('{"status": "active"}', None),
        ('{"status": 3}', None),
        ('"archived"', None),
        ("null", None),
    ],
)
def test_the_status_of_a_project_is_read(stated: str, expected: tuple[str, str] | None) -> None:
    body = f'{{"files": [], "project-status": {stated}}}'.encode()
    assert listing_from_page("foo", body, JSON, PAGE).status == expected


def test_the_status_of_a_project_is_read_from_html() -> None:
    head = "<meta name='pypi:repository-version' content='1.4'>"
    head += "<meta name='pypi:project-status' content='deprecated'>"
    head += "<meta name='pypi:project-status-reason' content='use bar'>"
    body = f"<html><head>{head}</head></html>".encode()
    assert listing_from_page("foo", body, HTML, PAGE).status == ("deprecated", "use bar")


@given(st.binary(max_size=300), st.sampled_from([JSON, HTML, "text/html"]))
def test_no_page_breaks_the_decoder(body: bytes, content_type: str) -> None:
    try:
        listing_from_page("foo", body, content_type, PAGE)
    except CorruptResponseError as error:
        assert error.url == PAGE


@given(
    st.lists(
        st.sampled_from(
            ["<a href=", '"', "'", ">", "x.whl", "<!--", "<![", "<base href=", "//[", "</a>", "&#x"]
        )
    ).map("".join)
)
def test_no_markup_breaks_the_decoder(text: str) -> None:
    try:
        listing_from_page("foo", text.encode(), HTML, PAGE)
    except CorruptResponseError as error:
        assert error.url == PAGE


@given(
    st.lists(
        st.sampled_from(["https://h.example/", "https://u:p@h.example/", "http://h.example/", "/", "//"])
    ),
    st.sampled_from(["", "#sha256=" + DIGEST]),
)
def test_an_address_is_judged_alike_wherever_its_file_stands(starts: list[str], fragment: str) -> None:
    files: list[dict[str, object]] = [
        {"filename": f"foo-{at}.0.tar.gz", "url": f"{start}foo-{at}.0.tar.gz{fragment if at % 2 else ''}"}
        for at, start in enumerate(starts)
    ]
    listing = json_listing(*files)
    alone = [json_listing(file) for file in files]
    assert sorted(listing.unparsed) == sorted(name for one in alone for name in one.unparsed)
    together = {file.filename: file for at in range(len(listing.versions)) for file in listing.files(at)}
    assert together == {file.filename: file for one in alone if one.versions for file in one.files(0)}
