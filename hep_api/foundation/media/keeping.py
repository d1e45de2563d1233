"""How what was sent becomes what is kept: made anew, put into the store, and noted with its size and digest.

Renditions: `original` (of a picture at most 2048 pixels long), `thumbnail`, and of a video also `poster`, a frame.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from hep_api.foundation.files.store import CHUNK_BYTES, Files
from hep_api.foundation.media import documents, pictures
from hep_api.foundation.media.ffmpeg import FFmpeg
from hep_api.foundation.media.pictures import Encoded, Picture
from hep_api.foundation.media.scanning import Scanner
from hep_api.foundation.media.sniffing import MediaKind, MediaType

ORIGINAL, THUMBNAIL, POSTER = "original", "thumbnail", "poster"

Rendition = dict[str, Any]
Dimensions = tuple[int | None, int | None]
# (rendition, content type) -> where in the store it lies.
Place = Callable[[str, str], str]


@dataclass(slots=True)
class Kept:
    """What is in the store now: each rendition as the row has it, and what only videos and voices have."""

    renditions: dict[str, Rendition] = field(default_factory=dict)
    duration_seconds: float | None = None
    metadata_removed: bool = True

    @property
    def total_bytes(self) -> int:
        return sum(each["bytes"] for each in self.renditions.values())


@dataclass(frozen=True, slots=True)
class Keeper:
    """Puts what was sent into a store; `ffmpeg` and `scanner` are the host's, where there are some."""

    files: Files
    ffmpeg: FFmpeg | None = None
    scanner: Scanner | None = None

    def keep_sent(self, sources: list[str], kind: MediaType, place: Place) -> Kept:
        """Make what is kept of what lies in these files of the store, one after the other; for the worker.

        Errors: NoSuchFile, BrokenMedia, and NotScanned while the scanner has no verdict.
        """
        with TemporaryDirectory(prefix="hep-media-") as folder:
            source = Path(folder) / "source"
            with source.open("wb") as file:
                self.files.copy_into(file, sources)
            if self.scanner is not None:
                self.scanner.refuse_infected(source)
            if kind.kind is MediaKind.VIDEO:
                return self._keep_video(source, kind, place)
            if kind.kind is MediaKind.VOICE:
                return self._keep_voice(source, kind, place)
            with source.open("rb") as file:
                if kind.kind is MediaKind.PICTURE:
                    return self.keep_picture(pictures.remake(file, kind), place)
                documents.refuse_acting(file)
                return self.keep_document(file, kind, place)

    def keep_picture(self, made: Picture, place: Place) -> Kept:
        """Put a picture that was made anew into the store."""
        kept = Kept()
        self._put_encoded(kept, place, ORIGINAL, made.original)
        self._put_encoded(kept, place, THUMBNAIL, made.thumbnail)
        return kept

    def keep_document(self, file: IO[bytes], kind: MediaType, place: Place) -> Kept:
        """Put a PDF that was judged into the store, as it is."""
        kept = Kept(metadata_removed=False)
        self._put_whole(kept, place, file, kind)
        return kept

    def _keep_video(self, source: Path, kind: MediaType, place: Place) -> Kept:
        """With FFmpeg without its metadata and with a poster."""
        if self.ffmpeg is None:
            return self._keep_as_sent(source, kind, place)
        with TemporaryDirectory(prefix="hep-video-") as folder:
            made = self.ffmpeg.remake(source, kind, Path(folder))
            with made.frame.open("rb") as frame:
                poster, dimensions = pictures.remake_frame(frame)
            kept = Kept(duration_seconds=made.duration_seconds)
            with made.video.open("rb") as file:
                self._put_whole(kept, place, file, kind, dimensions)
            self._put_encoded(kept, place, POSTER, poster.original)
            self._put_encoded(kept, place, THUMBNAIL, poster.thumbnail)
        return kept

    def _keep_voice(self, source: Path, kind: MediaType, place: Place) -> Kept:
        """With FFmpeg without its metadata."""
        if self.ffmpeg is None:
            return self._keep_as_sent(source, kind, place)
        with TemporaryDirectory(prefix="hep-voice-") as folder:
            made = self.ffmpeg.remake_voice(source, kind, Path(folder))
            kept = Kept(duration_seconds=made.duration_seconds)
            with made.voice.open("rb") as file:
                self._put_whole(kept, place, file, kind)
        return kept

    def _keep_as_sent(self, source: Path, kind: MediaType, place: Place) -> Kept:
        kept = Kept(metadata_removed=False)
        with source.open("rb") as file:
            self._put_whole(kept, place, file, kind)
        return kept

    def _put_encoded(self, kept: Kept, place: Place, name: str, encoded: Encoded) -> None:
        self.files.put(place(name, encoded.content_type), encoded.content, content_type=encoded.content_type)
        kept.renditions[name] = {
            "content_type": encoded.content_type,
            "bytes": len(encoded.content),
            "sha256": encoded.sha256,
            "width": encoded.width,
            "height": encoded.height,
        }

    def _put_whole(
        self, kept: Kept, place: Place, file: IO[bytes], kind: MediaType, dimensions: Dimensions = (None, None)
    ) -> None:
        """Put a file as it is: to be shown or heard as what it is, a document only to be saved."""
        digest = digest_of(file)
        shown_as = "" if kind.kind is MediaKind.DOCUMENT else kind.content_type
        self.files.put(place(ORIGINAL, kind.content_type), file, name=f"file.{kind.ending}", content_type=shown_as)
        kept.renditions[ORIGINAL] = {
            "content_type": kind.content_type,
            "bytes": file.seek(0, 2),
            "sha256": digest,
            "width": dimensions[0],
            "height": dimensions[1],
        }


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def shown_renditions(renditions: dict[str, Rendition]) -> list[str]:
    """Return the names of renditions, the original first."""
    return [name for name in (ORIGINAL, THUMBNAIL, POSTER) if name in renditions]
