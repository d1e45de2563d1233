"""What a file is, by its own first bytes: never by its name, and never by what its sender says of it.

Only what a phone shows everywhere is known; SVG and HTML run scripts, so they are nothing that we know.
"""

from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 4096
# First bytes that are too few to tell by: a container's brand stands within them.
FEWEST_BYTES = 64

# Brands of MP4 by their first word (ISO 14496-12); QuickTime's "qt  ", HEIC's, AVIF's and audio's are none of them.
_MP4_BRANDS = frozenset({b"avc1", b"dash", b"mp41", b"mp42", b"mp4v", b"M4V ", b"M4VP", b"M4VH", b"MSNV", b"isom"}) | {
    b"iso%x" % number for number in range(2, 10)
}
_EBML = b"\x1a\x45\xdf\xa3"
_EBML_DOCTYPE = b"\x42\x82"


class MediaKind(StrEnum):
    """What can be shown."""

    PICTURE = "picture"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type that we take: its name on the wire, and what Pillow or FFmpeg call it."""

    content_type: str
    kind: MediaKind
    format: str


JPEG = MediaType("image/jpeg", MediaKind.PICTURE, "JPEG")
PNG = MediaType("image/png", MediaKind.PICTURE, "PNG")
WEBP = MediaType("image/webp", MediaKind.PICTURE, "WEBP")
MP4 = MediaType("video/mp4", MediaKind.VIDEO, "mp4")
WEBM = MediaType("video/webm", MediaKind.VIDEO, "webm")
TYPES = {known.content_type: known for known in (JPEG, PNG, WEBP, MP4, WEBM)}
_ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}


def sniff(head: bytes) -> MediaType | None:
    """Return the type of the file that begins so; None for anything that we do not take."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS:
        return MP4
    return WEBM if _is_webm(head) else None


def declared_type(text: str) -> MediaType | None:
    """Return the type that a sender names, parameters left out; None for one that we do not take."""
    name = text.partition(";")[0].strip().lower()
    return TYPES.get(_ALIASES.get(name, name))


def _is_webm(head: bytes) -> bool:
    """Tell WebM from Matroska, which begins alike: the EBML header names its document type."""
    if not head.startswith(_EBML):
        return False
    # One byte gives the length of so short a word: 0x80 plus it.
    at = head.find(_EBML_DOCTYPE, len(_EBML), 64)
    return at >= 0 and head[at + 2 : at + 7] == b"\x84webm"
