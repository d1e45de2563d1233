"""Links to show pictures and videos: as what they are, in ranges, harmlessly, and for a while."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from hep_api.foundation.files.links import ADDRESS, Links
from hep_api.foundation.files.store import Files
from tests.media.fetching import fetch

PATH = "clinics/1/media/2/original"
CONTENT = bytes(range(256)) * 40
NOW = datetime(2026, 5, 6, 10, 7, tzinfo=UTC)


def made(app: Flask) -> str:
    """A link to a video that was made just now."""
    files: Files = app.extensions["hep_files"]
    files.put(PATH, CONTENT, content_type="video/mp4")
    links: Links = app.extensions["hep_file_links"]
    return links.show([(PATH, "video/mp4")], datetime.now(UTC))[0].url


def test_a_video_is_shown_as_what_it_is_and_in_ranges(media_app: Flask) -> None:
    url = made(media_app)
    whole = fetch(media_app, url)
    assert (whole.status, whole.body) == (200, CONTENT)
    assert (whole.headers["Content-Type"], whole.headers["Content-Disposition"]) == ("video/mp4", "inline")
    for asked, expected in (("bytes=2-4", CONTENT[2:5]), ("bytes=10200-", CONTENT[10200:]), ("bytes=-7", CONTENT[-7:])):
        part = fetch(media_app, url, Range=asked)
        assert (part.status, part.body) == (206, expected)
        assert part.headers["Content-Range"].endswith(f"/{len(CONTENT)}")
    assert fetch(media_app, url, Range=f"bytes={len(CONTENT)}-").status == 416


def test_a_folder_guards_what_it_shows(folder_app: Flask) -> None:
    url = made(folder_app)
    shown = fetch(folder_app, url)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"].startswith("private, max-age=")
    assert shown.headers["Accept-Ranges"] == "bytes"
    head = fetch(folder_app, url, "HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(CONTENT)))
    a_thousand = ",".join(f"{at}-{at}" for at in range(0, 2000, 2))
    for many in (a_thousand, "0-1,3-4"):
        assert fetch(folder_app, url, Range=f"bytes={many}").status == 416
    for odd in ("bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=-", "bytes=" + "9" * 4000):
        answer = fetch(folder_app, url, Range=odd)
        assert answer.status in (200, 416), odd
    newest = shown.headers["Last-Modified"]
    assert fetch(folder_app, url, Range="bytes=0-1", If_Range=newest).status == 206
    older = fetch(folder_app, url, Range="bytes=0-1", If_Range="Thu, 01 Jan 2026 00:00:00 GMT")
    assert (older.status, older.body) == (200, CONTENT)
    for folder in ("/v1/files/", "/v1/files", ADDRESS + "clinics", ADDRESS + "..%2F..%2Fetc%2Fpasswd"):
        assert fetch(folder_app, folder).status == 404


def test_links_made_within_a_quarter_of_an_hour_are_the_same_and_last_an_hour(folder_app: Flask) -> None:
    links: Links = folder_app.extensions["hep_file_links"]
    files: Files = folder_app.extensions["hep_files"]
    files.put(PATH, CONTENT)
    first, other = links.show([(PATH, "video/mp4"), (PATH, "image/png")], NOW)
    assert links.show([(PATH, "video/mp4")], NOW + timedelta(minutes=7)) == [first]
    assert links.show([(PATH, "video/mp4")], NOW + timedelta(minutes=8)) != [first]
    assert timedelta(hours=1) <= first.expires_at - NOW <= timedelta(minutes=75)
    with time_machine.travel(NOW, tick=False) as traveller:
        assert fetch(folder_app, first.url).status == fetch(folder_app, other.url).status == 200
        assert fetch(folder_app, other.url).headers["Content-Type"] == "image/png"
        traveller.move_to(first.expires_at)
        assert fetch(folder_app, first.url).status == 404
    assert links.show([], NOW) == []


def test_a_bucket_refuses_a_link_that_was_changed_or_has_expired_by_its_own_signature(bucket_app: Flask) -> None:
    links: Links = bucket_app.extensions["hep_file_links"]
    [link] = links.show([(PATH, "video/mp4")], NOW)
    assert "X-Amz-Expires=3600" in link.url
    assert "X-Amz-Signature=" in link.url
    assert f"/hep-media/product/{PATH}?" in link.url
