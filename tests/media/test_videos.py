"""FFmpeg takes out of a video what it says of its making, and reads nothing but the one file."""

import io
from pathlib import Path

import pytest
from PIL import Image
from structlog.testing import capture_logs

from hep_api.foundation.media import pictures
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.ffmpeg import FFmpeg, tell_if_missing
from hep_api.foundation.media.sniffing import MP4, WEBM, MediaType
from tests.media import making


@pytest.fixture
def ffmpeg() -> FFmpeg:
    found = FFmpeg.find(making.FFMPEG)
    assert found is not None
    return found


def kept(folder: Path, content: bytes) -> Path:
    source = folder / "source"
    source.write_bytes(content)
    return source


@pytest.mark.parametrize("kind", [MP4, WEBM], ids=lambda kind: kind.format)
def test_a_video_loses_its_metadata_and_gives_a_frame(ffmpeg: FFmpeg, tmp_path: Path, kind: MediaType) -> None:
    content = making.video(kind.format)
    assert making.SECRET in content
    made = ffmpeg.remake(kept(tmp_path, content), kind, tmp_path)
    clean = made.video.read_bytes()
    assert (making.SECRET in clean, b"52.52" in clean) == (False, False)
    assert made.duration_seconds == pytest.approx(1.0, abs=0.3)
    picture, dimensions = pictures.remake_frame(io.BytesIO(made.frame.read_bytes()))
    assert dimensions == (128, 96)
    assert Image.open(io.BytesIO(picture.original.content)).format == "JPEG"


def test_what_only_begins_like_a_video_is_refused(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    playlist = b"ffconcat version 1.0\nfile /etc/passwd\n"
    for kind, content in (
        (MP4, making.video("mp4")[:400]),
        (WEBM, making.video("webm")[:100]),
        (MP4, b"\0\0\0\x18ftypisom" + b"\xff" * 3000),
        (MP4, playlist),
        (WEBM, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
        (WEBM, making.video("mp4")),
    ):
        with pytest.raises(BrokenMedia) as refused:
            ffmpeg.remake(kept(tmp_path, content), kind, tmp_path)
        assert refused.value.rule == "media_broken"


def test_a_machine_without_it_says_so() -> None:
    assert FFmpeg.find("no-such-program") is None
    assert FFmpeg.find("") is None
    with capture_logs() as said:
        tell_if_missing("no-such-program")
        tell_if_missing(making.FFMPEG)
    assert [(line["event"], line["reason"]) for line in said] == [("ffmpeg_missing", "HEP_FFMPEG names no program")]
