"""Pictures are never kept as they came: they are decoded and encoded anew, and only pixels go over.

So EXIF with its place and time, ICC, XMP, comments, and whatever hangs on behind the picture are gone. What could fill
the memory is refused by its dimensions, before a pixel is decoded. Of an animated picture the first frame stays.
"""

import hashlib
import io
import struct
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from hep_api.foundation.greenlets import off_the_loop
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.sniffing import JPEG, MediaType

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
LONGEST_SIDE_OF_THUMBNAIL = 320
# One may take 200 MB while it is decoded.
AT_A_TIME = 2

_SAVED: Mapping[str, Mapping[str, object]] = {
    "JPEG": {"quality": 86, "progressive": True},
    "PNG": {},
    "WEBP": {"quality": 84, "method": 4},
}
_turns = threading.BoundedSemaphore(AT_A_TIME)

# For the whole process: Pillow looks at the dimensions when it opens a file, and would only warn.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

# Pillow's plug-ins let through whatever their parsing meets.
NOT_READABLE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as it will be sent."""

    content_type: str
    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a picture: at most 2048 pixels long, and a thumbnail of at most 320."""

    original: Encoded
    thumbnail: Encoded


def remake(file: IO[bytes], kind: MediaType) -> Picture:
    """Make a clean picture of a file of that type; the loop goes on meanwhile, and two at a time are made.

    Errors: BrokenMedia for what cannot be decoded to its end and for too many pixels.
    """
    with _turns:
        return off_the_loop(partial(_remake, file, kind, kind))


def remake_frame(file: IO[bytes]) -> tuple[Picture, tuple[int, int]]:
    """Make a clean picture of a video's frame, in JPEG; return it with the width and height that the frame had."""
    with _turns:
        return off_the_loop(partial(_remake, file, JPEG, JPEG)), _dimensions(file)


def _remake(file: IO[bytes], kind: MediaType, into: MediaType) -> Picture:
    try:
        pixels = _pixels(file, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BrokenMedia("pixels", f"The picture has more than {MOST_PIXELS // 10**6} million pixels.") from None
    except NOT_READABLE:
        raise BrokenMedia("media_broken", "The picture cannot be read to its end.") from None
    small = pixels.copy()
    small.thumbnail((LONGEST_SIDE_OF_THUMBNAIL, LONGEST_SIDE_OF_THUMBNAIL))
    return Picture(_encoded(pixels, into), _encoded(small, into))


def _pixels(file: IO[bytes], kind: MediaType) -> Image.Image:
    """Return the first frame the right way up, as large as it is kept, with nothing but its pixels."""
    file.seek(0)
    # WeasyPrint, where it is installed, lets half a picture pass for a whole one, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(file, formats=[kind.format]) as opened:
        if min(opened.size) < 1:
            raise ValueError("no pixels")
        # Of a JPEG only every second, fourth or eighth pixel is decoded where that is enough.
        opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        shown = _in_eight_bits(opened)
        shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(_with_orientation(shown, opened))
        mode = "RGBA" if _is_seen_through(upright, kind) else "RGB"
        clean = Image.new(mode, upright.size)
        clean.paste(upright.convert(mode))
        return clean


def _in_eight_bits(opened: Image.Image) -> Image.Image:
    """Return the picture in RGBA, or RGB where nothing of it is transparent."""
    if opened.mode.startswith("I;16") or opened.mode in ("I", "F"):
        # 16 bits of grey: Pillow would cut off what is above 255.
        return opened.convert("I").point(lambda level: level / 256).convert("L").convert("RGB")
    if opened.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in opened.info:
        return opened.convert("RGBA")
    return opened.convert("RGB")


def _with_orientation(shown: Image.Image, opened: Image.Image) -> Image.Image:
    """Let the copy know how the camera was held; where the EXIF is broken, the pixels are good without it."""
    try:
        orientation = opened.getexif().get(0x0112)
    except NOT_READABLE:
        return shown
    # Any other value than these eight means nothing, and may not even be a number.
    if orientation in range(1, 9):
        shown.getexif()[0x0112] = orientation
    return shown


def _is_seen_through(shown: Image.Image, kind: MediaType) -> bool:
    if kind is JPEG or shown.mode != "RGBA":
        return False
    lowest, _ = shown.getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _encoded(pixels: Image.Image, kind: MediaType) -> Encoded:
    out = io.BytesIO()
    pixels.save(out, kind.format, **_SAVED[kind.format])
    return Encoded(kind.content_type, out.getvalue(), pixels.width, pixels.height)


def _dimensions(file: IO[bytes]) -> tuple[int, int]:
    file.seek(0)
    with Image.open(file, formats=[JPEG.format]) as opened:
        return opened.size
