"""The file store, over a folder and over a bucket: what is put is there whole, and goes with its owner's prefix."""

import errno
import io
import os
import stat
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hep_api.foundation.errors import Problem
from hep_api.foundation.files.links import Links
from hep_api.foundation.files.store import Files, NoSuchFile, load_files
from hep_api.foundation.settings import Settings, SettingsError
from tests.foundation import s3_double
from tests.foundation.s3_double import Bucket

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
LARGE = b"0123456789abcdef" * 400_000


@pytest.fixture
def in_folder(settings: Settings, tmp_path: Path) -> Files:
    return load_files(replace(settings, files_folder=tmp_path / "not" / "there yet"))


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with s3_double.bucket() as (bucket, address):
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT": address,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            monkeypatch.setenv(name, value)
        yield bucket


@pytest.fixture
def in_bucket(settings: Settings, s3: Bucket) -> Files:
    return load_files(replace(settings, files_url="s3://bucket/product"))


@pytest.fixture(params=["in_folder", "in_bucket"])
def files(request: pytest.FixtureRequest) -> Files:
    store: Files = request.getfixturevalue(request.param)
    return store


def read(files: Files, path: str) -> bytes:
    return b"".join(files.stream(path))


def paths(files: Files, prefix: str) -> list[str]:
    return sorted(file.path for file in files.list_under(prefix))


def test_what_is_put_is_read_back_however_it_came(files: Files) -> None:
    files.put("a/bytes.bin", b"small")
    files.put("a/file.bin", io.BytesIO(LARGE))
    files.put("a/chunks.bin", iter([LARGE[:10], LARGE[10:]]))
    assert read(files, "a/bytes.bin") == b"small"
    assert read(files, "a/file.bin") == read(files, "a/chunks.bin") == LARGE
    assert [file.size_bytes for file in files.list_under("a/file.bin")] in ([], [len(LARGE)])
    files.put("a/bytes.bin", b"other")
    assert read(files, "a/bytes.bin") == b"other"


def test_what_breaks_off_while_it_is_put_is_not_there(files: Files) -> None:
    def breaking_off() -> Iterator[bytes]:
        yield LARGE
        raise KeyError("cut")

    with pytest.raises(KeyError):
        files.put("a/b", breaking_off())
    assert not files.has("a/b")


def test_a_store_that_cannot_be_written_says_when_to_come_again_and_not_where_it_is(
    in_folder: Files,
) -> None:
    in_folder.put("owners/1", b"a file, where the next one needs a folder")
    with pytest.raises(Problem) as refused, capture_logs() as logged:
        in_folder.put("owners/1/a", b"x")
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "2"})
    assert [line["reason"] for line in logged] == [os.strerror(errno.ENOTDIR)]
    assert "owners" not in str(logged)
    in_folder.put("owners/2/a", b"x")


def test_a_file_that_is_not_there_is_said_so(files: Files) -> None:
    assert not files.has("a/b")
    with pytest.raises(NoSuchFile):
        next(files.stream("a/b"))
    files.delete("a/b")
    assert files.delete_under("a") == 0


def test_everything_of_an_owner_goes_by_the_prefix_and_nothing_of_another(files: Files) -> None:
    for path in ("owners/1/a", "owners/1/b/c", "owners/10/a", "owners/2/a"):
        files.put(path, b"x")
    assert paths(files, "owners/1") == ["owners/1/a", "owners/1/b/c"]
    assert files.delete_under("owners/1") == 2
    assert paths(files, "owners") == ["owners/10/a", "owners/2/a"]
    files.delete("owners/2/a")
    assert paths(files, "owners") == ["owners/10/a"]


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "a\0", "a b", ".hidden", "a#1"])
def test_a_path_that_is_not_plain_is_refused(files: Files, path: str) -> None:
    with pytest.raises(ValueError, match="joined"):
        files.put(path, b"x")
    with pytest.raises(ValueError, match="joined"):
        next(files.stream(path))
    with pytest.raises(ValueError, match="joined"):
        files.delete_under(path)


def test_the_folder_is_its_owners_alone_and_keeps_no_empty_folders(in_folder: Files) -> None:
    assert in_folder.folder is not None
    in_folder.put("owners/1/a", b"x")
    assert stat.S_IMODE(in_folder.folder.stat().st_mode) == 0o700
    in_folder.delete("owners/1/a")
    assert list(in_folder.folder.iterdir()) == []


def test_what_a_killed_process_left_unfinished_goes_with_its_owner_or_after_a_while(in_folder: Files) -> None:
    assert in_folder.folder is not None
    in_folder.put("owners/1/a", b"x")
    mine, other = in_folder.folder / "owners" / "1" / "b#1", in_folder.folder / "c#2"
    for left in (mine, other):
        left.write_bytes(b"half")
    assert in_folder.delete_under("owners/1") == 1
    assert not mine.exists()
    assert in_folder.delete_unfinished(NOW - timedelta(days=9000)) == 0
    os.utime(other, (0, 0))
    assert in_folder.delete_unfinished(NOW) == 1
    assert not other.exists()


def test_a_bucket_signs_its_own_links(settings: Settings, in_bucket: Files, s3: Bucket) -> None:
    in_bucket.put("owners/1/a.zip", b"content", name="yours.zip")
    assert s3.objects == {"product/owners/1/a.zip": b"content"}
    link = Links(in_bucket, settings.token_keys_folder).make("owners/1/a.zip", "yours.zip", NOW)
    with urllib.request.urlopen(link.url) as answer:  # noqa: S310 - loopback
        assert answer.read() == b"content"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="yours.zip"'
    assert s3.queries[-1]["X-Amz-Expires"] == ["600"]
    assert s3.queries[-1]["X-Amz-Signature"]


@pytest.mark.parametrize("url", ["nonsense", "file:///etc", "s3:"])
def test_an_address_that_names_no_bucket_is_refused_at_the_start(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="HEP_FILES_URL"):
        load_files(replace(settings, files_url=url))
