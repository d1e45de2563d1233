"""What a file is, by its own first bytes: never by its name, and never by what its sender says of it.

Only what a phone shows everywhere is known; SVG and HTML run scripts, so they are nothing that we know.
"""

from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 4096
# First bytes that are too few to tell by: a container's brand stands within them.
FEWEST_BYTES = 64

# Brands of MP4 by their first word (ISO 14496-12); QuickTime's "qt  ", HEIC's and AVIF's are none of them.
_MP4_BRANDS = frozenset({b"avc1", b"dash", b"mp41", b"mp42", b"mp4v", b"M4V ", b"M4VP", b"M4VH", b"MSNV", b"isom"}) | {
    b"iso%x" % number for number in range(2, 10)
}
_M4A_BRANDS = frozenset({b"M4A "})
_EBML = b"\x1a\x45\xdf\xa3"
_EBML_DOCTYPE = b"\x42\x82"
# The first page of an Ogg file has a header of 27 bytes and one segment; then its codec says its name.
_OGG_CODEC = slice(28, 36)


class MediaKind(StrEnum):
    """What can be shown or heard, and what can only be saved."""

    PICTURE = "picture"
    VIDEO = "video"
    VOICE = "voice"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type that we know: its name on the wire, what Pillow or FFmpeg call it, and how such a file's name ends."""

    content_type: str
    kind: MediaKind
    format: str
    ending: str


JPEG = MediaType("image/jpeg", MediaKind.PICTURE, "JPEG", "jpg")
PNG = MediaType("image/png", MediaKind.PICTURE, "PNG", "png")
WEBP = MediaType("image/webp", MediaKind.PICTURE, "WEBP", "webp")
MP4 = MediaType("video/mp4", MediaKind.VIDEO, "mp4", "mp4")
WEBM = MediaType("video/webm", MediaKind.VIDEO, "webm", "webm")
M4A = MediaType("audio/mp4", MediaKind.VOICE, "mp4", "m4a")
OGG = MediaType("audio/ogg", MediaKind.VOICE, "ogg", "ogg")
WEBA = MediaType("audio/webm", MediaKind.VOICE, "webm", "weba")
MP3 = MediaType("audio/mpeg", MediaKind.VOICE, "mp3", "mp3")
PDF = MediaType("application/pdf", MediaKind.DOCUMENT, "pdf", "pdf")
TYPES = {known.content_type: known for known in (JPEG, PNG, WEBP, MP4, WEBM, M4A, OGG, WEBA, MP3, PDF)}
_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
    "audio/mp3": "audio/mpeg",
    "application/x-pdf": "application/pdf",
}


def sniff(head: bytes) -> tuple[MediaType, ...]:
    """Return the types of which a file may be that begins so; none for anything that we do not know.

    A container begins alike whether it holds a video or only a voice, so its type stands for both.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return (JPEG,)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return (PNG,)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return (WEBP,)
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head.startswith(_EBML):
        return (WEBM, WEBA) if _is_webm(head) else ()
    if head.startswith(b"OggS"):
        return (OGG,) if head[_OGG_CODEC] == b"OpusHead" else ()
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return (PDF,)
    return (MP3,) if _is_mp3(head) else ()


def declared_type(text: str) -> MediaType | None:
    """Return the type that a sender names, parameters left out; None for one that we do not know."""
    name = text.partition(";")[0].strip().lower()
    return TYPES.get(_ALIASES.get(name, name))


def _of_brand(brand: bytes) -> tuple[MediaType, ...]:
    if brand in _M4A_BRANDS:
        return (M4A,)
    return (MP4, M4A) if brand in _MP4_BRANDS else ()


def _is_webm(head: bytes) -> bool:
    """Tell WebM from Matroska, which begins alike: the EBML header names its document type."""
    # One byte gives the length of so short a word: 0x80 plus it.
    at = head.find(_EBML_DOCTYPE, len(_EBML), 64)
    return at >= 0 and head[at + 2 : at + 7] == b"\x84webm"


def _is_mp3(head: bytes) -> bool:
    """An ID3 tag, or at once the header of a frame of layer III with a known version, bit rate and sampling rate."""
    if head.startswith(b"ID3"):
        return True
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] & 0xF0 not in (0x00, 0xF0) and head[2] & 0x0C != 0x0C
