"""FFmpeg, where it is there: takes the metadata out of a video, and its picture for the time before it plays.

The files are strangers'. So the program reads one file of a format that we name, opens nothing else (no network, no
playlists, no references to other files), asks nothing, and has a limit of time, of memory and of what it may write.
Nothing else of the product starts programs.
"""

import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import structlog

from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.sniffing import MediaType

log = structlog.get_logger(__name__)

SECONDS = 15
MOST_MEMORY_BYTES = 3 * 1024**3
MOST_WRITTEN_BYTES = 2 * 1024**3
# By the type that was sniffed: how FFmpeg is to read it, whatever it would guess.
_READ_AS = {"mp4": "mov", "webm": "matroska"}
_DURATION = re.compile(r"^\s+Duration: (\d{2,}):(\d{2}):(\d{2}\.\d+)", re.MULTILINE)
_NOTHING_OF_OURS = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Remade:
    """A video without metadata, a frame of it as JPEG, and how long it is."""

    video: Path
    frame: Path
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
        keep = ("-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-map_chapters", "-1")
        strip = ("-map_metadata", "-1", "-map_metadata:s", "-1", "-fflags", "+bitexact")
        fast = ("-movflags", "+faststart") if kind.format == "mp4" else ()
        self._run(kind, source, *keep, *strip, *fast, "-f", kind.format, str(video))
        said = self._run(
            kind, video, "-map", "0:v:0", "-frames:v", "1", "-q:v", "3", "-f", "image2", "-update", "1", str(frame)
        )
        if not video.exists() or not frame.exists():
            raise _unreadable()
        return Remade(video, frame, _duration(said))

    def _run(self, kind: MediaType, source: Path, *arguments: str) -> str:
        """Run it once over a file and return what it said."""
        reading = ("-protocol_whitelist", "file", "-f", _READ_AS[kind.format], "-i", f"file:{source}")
        command = [self._path, "-nostdin", "-hide_banner", "-y", "-threads", "1", *reading, "-threads", "1", *arguments]
        try:
            # One program of the host's, named by a setting; no shell, and no word of the file's sender.
            done = subprocess.run(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                env=_NOTHING_OF_OURS,
                preexec_fn=_bind,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BrokenMedia("media_broken", "The video takes too long to be read.") from None
        if done.returncode != 0:
            raise _unreadable()
        return done.stderr.decode("utf-8", "replace")


def tell_if_missing(name: str) -> None:
    """Say in the log, when a process starts, that videos will stay as they are sent."""
    if FFmpeg.find(name) is None:
        log.warning("ffmpeg_missing", setting="HEP_FFMPEG")


def _bind() -> None:
    """Limit the program before it begins."""
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _duration(said: str) -> float | None:
    found = _DURATION.search(said)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 2)


def _unreadable() -> BrokenMedia:
    return BrokenMedia("media_broken", "The video cannot be read.")
