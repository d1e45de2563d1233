"""FFmpeg takes out of a voice what it says of its making, and tells how long it is; a video is no voice."""

from pathlib import Path

import pytest

from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.ffmpeg import FFmpeg
from hep_api.foundation.media.sniffing import M4A, MP3, OGG, WEBA, MediaType, sniff
from tests.media import making
from tests.media.test_videos import ffmpeg, kept

__all__ = ["ffmpeg"]


@pytest.mark.parametrize("kind", [M4A, OGG, WEBA, MP3], ids=lambda kind: kind.ending)
def test_a_voice_loses_its_metadata_and_tells_its_length(ffmpeg: FFmpeg, tmp_path: Path, kind: MediaType) -> None:
    content = making.voice("webm" if kind is WEBA else kind.ending)
    assert making.SECRET in content
    assert kind in sniff(content[:4096])
    made = ffmpeg.remake_voice(kept(tmp_path, content), kind, tmp_path)
    clean = made.voice.read_bytes()
    assert (making.SECRET in clean, kind in sniff(clean)) == (False, True)
    assert made.duration_seconds == pytest.approx(1.0, abs=0.2)


def test_what_no_phone_would_play_is_refused(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    for kind, content in (
        (M4A, making.video("mp4")),
        (WEBA, making.video("webm")),
        (MP3, b"ID3\4\0\0\0\0\0\0" + making.HTML),
        (MP3, b"\xff\xfb\x90\x64" + bytes(3000)),
        (OGG, making.voice("ogg")[:60]),
        (OGG, making.voice("mp3")),
    ):
        with pytest.raises(BrokenMedia) as refused:
            ffmpeg.remake_voice(kept(tmp_path, content), kind, tmp_path)
        assert refused.value.rule == "media_broken"
