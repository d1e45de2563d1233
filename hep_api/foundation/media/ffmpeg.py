"""FFmpeg, where it is there: takes the metadata out of a video or a voice, and a video's picture for the time before it
plays.

The files are strangers'. So the program reads one file of a format that we name, opens nothing else (no network, no
playlists, no references to other files), asks nothing, and has a limit of time, of memory and of what it may write.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog

from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.programs import Bounds, TookTooLong, run_program
from hep_api.foundation.media.sniffing import MediaType

log = structlog.get_logger(__name__)

BOUNDS = Bounds(seconds=15, most_memory_bytes=3 * 1024**3, most_written_bytes=2 * 1024**3)
# By the type that was sniffed: how FFmpeg is to read it, whatever it would guess.
_READ_AS = {"mp4": "mov", "webm": "matroska", "ogg": "ogg", "mp3": "mp3"}
# What phones play of a voice, by its container.
_VOICES = {"mp4": {"aac"}, "webm": {"opus", "vorbis"}, "ogg": {"opus"}, "mp3": {"mp3"}}
_DURATION = re.compile(r"^\s+Duration: (\d{2,}):(\d{2}):(\d{2}\.\d+)", re.MULTILINE)
_CODEC = re.compile(r"^\s+Stream #0:0.*?: Audio: (\w+)", re.MULTILINE)
_STRIP = ("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
# Of a container: what is written besides.
_WRITTEN = {
    "mp4": ("-movflags", "+faststart"),
    "mp3": ("-id3v2_version", "0"),
}


@dataclass(frozen=True, slots=True)
class Remade:
    """A video without metadata, a frame of it as JPEG, and how long it is."""

    video: Path
    frame: Path
    duration_seconds: float | None


@dataclass(frozen=True, slots=True)
class RemadeVoice:
    """A voice without metadata, and how long it is."""

    voice: Path
    duration_seconds: float | None


class FFmpeg:
    """The program at one path. `find` says whether there is one."""

    def __init__(self, path: str) -> None:
        self._path = path

    @classmethod
    def find(cls, name: str) -> "FFmpeg | None":
        """Return the program that a path or a name on PATH leads to; None when there is none."""
        path = shutil.which(name) if name else None
        return cls(path) if path else None

    def remake(self, source: Path, kind: MediaType, folder: Path) -> Remade:
        """Copy the video's pictures and sound, and nothing else, and take a frame; BrokenMedia when it cannot be read.

        Nothing is encoded anew, so this takes as long as copying the file.
        """
        video, frame = folder / f"video.{kind.format}", folder / "frame.jpg"
        self._copy(kind, source, video, "-map", "0:v:0", "-map", "0:a:0?")
        said = self._run(
            kind, video, "-map", "0:v:0", "-frames:v", "1", "-q:v", "3", "-f", "image2", "-update", "1", str(frame)
        )
        if not video.exists() or not frame.exists():
            raise _unreadable(kind)
        return Remade(video, frame, _duration(said))

    def remake_voice(self, source: Path, kind: MediaType, folder: Path) -> RemadeVoice:
        """Copy the first sound of a file, and nothing else; BrokenMedia when it cannot be read, or phones would not
        play it.
        """
        voice = folder / f"voice.{kind.format}"
        self._copy(kind, source, voice, "-map", "0:a:0")
        said = self._run(kind, voice, "-map", "0:a:0", "-c", "copy", "-f", "null", "-")
        codec = _CODEC.search(said)
        if codec is None or codec.group(1) not in _VOICES[kind.format]:
            raise _unreadable(kind)
        return RemadeVoice(voice, _duration(said))

    def _copy(self, kind: MediaType, source: Path, into: Path, *streams: str) -> None:
        """Copy streams, unchanged, into a file of the same container without metadata."""
        written = _WRITTEN.get(kind.format, ())
        self._run(kind, source, *streams, "-c", "copy", *_STRIP, *written, "-f", kind.format, str(into))

    def _run(self, kind: MediaType, source: Path, *arguments: str) -> str:
        """Run it once over a file and return what it said."""
        reading = ("-protocol_whitelist", "file", "-f", _READ_AS[kind.format], "-i", f"file:{source}")
        command = [self._path, "-nostdin", "-hide_banner", "-y", "-threads", "1", *reading, "-threads", "1", *arguments]
        try:
            done = run_program(command, BOUNDS)
        except TookTooLong:
            raise BrokenMedia("media_broken", f"The {kind.kind.value} takes too long to be read.") from None
        if done.exit_code != 0:
            raise _unreadable(kind)
        return done.said


def tell_if_missing(name: str) -> None:
    """Say in the log, when a process starts, that videos will stay as they are sent."""
    if FFmpeg.find(name) is None:
        log.warning("ffmpeg_missing", reason="HEP_FFMPEG names no program")


def _duration(said: str) -> float | None:
    found = _DURATION.search(said)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 2)


def _unreadable(kind: MediaType) -> BrokenMedia:
    return BrokenMedia("media_broken", f"The {kind.kind.value} cannot be read.")
