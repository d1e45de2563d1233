"""Pictures and videos to send: honest ones, and such as somebody would make who means harm."""

import io
import struct
import subprocess
import tempfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image, PngImagePlugin

FFMPEG: str = imageio_ffmpeg.get_ffmpeg_exe()
SECRET = b"canary-of-the-camera"
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, (200, 0, 0))
    made.paste((0, 0, 200), (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    pixels = made.quantize(4) if mode == "P" else made.convert(mode)
    pixels.save(out, form, **options)
    return out.getvalue()


def photograph() -> bytes:
    """A JPEG as a phone makes it: held sideways, with place, time and comment; the red half is to be at the top."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, SECRET.decode()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 29: SECRET.decode()}
    return picture(size=(60, 40), exif=exif, comment=SECRET, icc_profile=SECRET * 10, xmp=SECRET)


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return picture("PNG", pnginfo=words, icc_profile=SECRET)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 2.5 billion pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 99)) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@cache
def video(form: str = "mp4", seconds: float = 1.0) -> bytes:
    """A tiny video of two colours that says where it was made."""
    codec = ["-c:v", "libx264", "-pix_fmt", "yuv420p"] if form == "mp4" else ["-c:v", "libvpx", "-b:v", "50k"]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"made.{form}"
        drawn = ["-v", "error", "-f", "lavfi", "-i", f"testsrc=s=128x96:r=5:d={seconds}", *codec]
        said = ["-metadata", f"comment={SECRET.decode()}", "-metadata", "location=+52.52+013.40/"]
        subprocess.run([FFMPEG, *drawn, *said, str(made)], check=True)
        return made.read_bytes()


@cache
def voice(form: str = "m4a") -> bytes:
    """A second of a tone that says where it was recorded; as phones and browsers make voice messages."""
    codec = {"m4a": "aac", "ogg": "libopus", "webm": "libopus", "mp3": "libmp3lame"}[form]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"made.{form}"
        heard = ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=300:duration=1", "-c:a", codec, "-b:a", "24k"]
        said = ["-metadata", f"comment={SECRET.decode()}", "-metadata", f"title={SECRET.decode()}"]
        subprocess.run([FFMPEG, *heard, *said, str(made)], check=True)
        return made.read_bytes()
