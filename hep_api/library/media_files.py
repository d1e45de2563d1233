"""Where an asset's files lie, and how what was sent becomes what is kept: judged, made anew, put into the store.

Renditions: `original` (of a picture at most 2048 pixels long), `thumbnail`, and of a video also `poster`, a frame.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import UUID

from hep_api.foundation.errors import Problem, invalid_field
from hep_api.foundation.files.store import CHUNK_BYTES, Files
from hep_api.foundation.media import pictures
from hep_api.foundation.media.broken import NOT_TAKEN, BrokenMedia, not_taken
from hep_api.foundation.media.ffmpeg import FFmpeg
from hep_api.foundation.media.pictures import Encoded, Picture
from hep_api.foundation.media.sniffing import HEAD_BYTES, MediaKind, MediaType, declared_type, sniff
from hep_api.foundation.settings import Settings

ORIGINAL, THUMBNAIL, POSTER = "original", "thumbnail", "poster"
# What was sent and is not yet what is kept.
AS_SENT = "sent"

Rendition = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """What is in the store now: each rendition as the row has it, and what only videos have."""

    renditions: dict[str, Rendition] = field(default_factory=dict)
    duration_seconds: float | None = None
    metadata_removed: bool = True

    @property
    def total_bytes(self) -> int:
        return sum(each["bytes"] for each in self.renditions.values())


def folder_of_media(clinic_id: UUID) -> str:
    """Return the prefix of all media of a clinic."""
    return f"clinics/{clinic_id}/media"


def path_of(clinic_id: UUID | str, asset_id: UUID | str, rendition: str) -> str:
    """Return where a rendition lies. What stands there never changes once it is whole."""
    return f"clinics/{clinic_id}/media/{asset_id}/{rendition}"


def most_bytes_of(kind: MediaKind, settings: Settings) -> int:
    return settings.media_picture_bytes if kind is MediaKind.PICTURE else settings.media_video_bytes


def taken_type(declared: str, pointer: str) -> MediaType:
    """Return the type that a sender declares; 422 naming `pointer` for one that we do not take."""
    found = declared_type(declared)
    if found is None:
        raise invalid_field(pointer, "media_type", NOT_TAKEN)
    return found


def refuse_lies(head: bytes, declared: MediaType, pointer: str) -> None:
    """Refuse with 422 what does not begin like the type that its sender declares."""
    found = sniff(head)
    if found is None:
        raise invalid_field(pointer, not_taken().rule, NOT_TAKEN)
    if found is not declared:
        words = f"It is declared as {declared.content_type} and is {found.content_type}."
        raise invalid_field(pointer, "declared_type", words)


def refuse_size(size: int, kind: MediaKind, settings: Settings, pointer: str) -> None:
    """Refuse an empty file with 422 and one over the limit of its kind with 413."""
    if size < 1:
        raise invalid_field(pointer, "size", "The file is empty.")
    most = most_bytes_of(kind, settings)
    if size > most:
        words = f"A {kind.value} may have {most} bytes; this one has {size}."
        raise Problem("too_large", 413, words, errors=invalid_field(pointer, "size", words).errors)


def first_bytes(files: Files, paths: Iterable[str]) -> bytes:
    """Return the beginning of what lies in these files, one after the other."""
    head = b""
    for path in paths:
        for chunk in files.stream(path):
            head += chunk
            if len(head) >= HEAD_BYTES:
                return head[:HEAD_BYTES]
    return head


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def keep_picture(files: Files, whose: tuple[UUID, UUID], made: Picture) -> Kept:
    """Put a picture that was made anew into the store; `whose` is clinic and asset."""
    kept = Kept()
    for name, encoded in ((ORIGINAL, made.original), (THUMBNAIL, made.thumbnail)):
        _put_encoded(files, whose, kept, name, encoded)
    return kept


def keep_video(files: Files, whose: tuple[UUID, UUID], source: Path, kind: MediaType, ffmpeg: FFmpeg | None) -> Kept:
    """Put a video into the store, with FFmpeg without its metadata and with a poster; raises BrokenMedia."""
    if ffmpeg is None:
        kept = Kept(metadata_removed=False)
        _put_video(files, whose, kept, source, kind, (None, None))
        return kept
    with TemporaryDirectory(prefix="hep-video-") as folder:
        made = ffmpeg.remake(source, kind, Path(folder))
        with made.frame.open("rb") as frame:
            poster, dimensions = pictures.remake_frame(frame)
        kept = Kept(duration_seconds=made.duration_seconds)
        _put_video(files, whose, kept, made.video, kind, dimensions)
        _put_encoded(files, whose, kept, POSTER, poster.original)
        _put_encoded(files, whose, kept, THUMBNAIL, poster.thumbnail)
    return kept


def _put_encoded(files: Files, whose: tuple[UUID, UUID], kept: Kept, name: str, encoded: Encoded) -> None:
    files.put(path_of(*whose, name), encoded.content, content_type=encoded.content_type)
    kept.renditions[name] = {
        "content_type": encoded.content_type,
        "bytes": len(encoded.content),
        "sha256": encoded.sha256,
        "width": encoded.width,
        "height": encoded.height,
    }


def _put_video(
    files: Files,
    whose: tuple[UUID, UUID],
    kept: Kept,
    source: Path,
    kind: MediaType,
    dimensions: tuple[int | None, int | None],
) -> None:
    with source.open("rb") as file:
        digest = digest_of(file)
        files.put(path_of(*whose, ORIGINAL), file, content_type=kind.content_type)
    kept.renditions[ORIGINAL] = {
        "content_type": kind.content_type,
        "bytes": source.stat().st_size,
        "sha256": digest,
        "width": dimensions[0],
        "height": dimensions[1],
    }


def as_refusal(broken: BrokenMedia, pointer: str) -> Problem:
    """Return the 422 for what could not be read."""
    return invalid_field(pointer, broken.rule, broken.words)


def shown_renditions(renditions: Mapping[str, Rendition]) -> list[str]:
    """Return the names of an asset's renditions, the original first."""
    return [name for name in (ORIGINAL, THUMBNAIL, POSTER) if name in renditions]
