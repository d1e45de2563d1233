"""PDFs stay byte for byte as they were sent: a finding or a letter is worth what it is only so. What acts by itself is
refused, as far as it can be seen without drawing a page: scripts, attached files, programs, and what is encrypted.

This is no proof that a PDF is harmless. So nobody is ever shown one by us: it is saved, and opened by the phone's own
reader; and the host's scanner (`scanning`) sees it before anybody else does.
"""

import re
import threading
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial
from typing import IO

from hep_api.foundation.greenlets import off_the_loop
from hep_api.foundation.media.broken import BrokenMedia

# Objects may stand in compressed streams; what unpacks to more than this is no letter.
MOST_UNPACKED_BYTES = 100 * 1024**2
MOST_ESCAPES = 100_000
_END_BYTES = 2048
_UNPACKED_AT_ONCE = 4 * 1024**2
# A name that lies across the end of what was unpacked at once: its letters may each be written in three.
_OVERLAP = 64
# One takes its own size twice, and some more.
_turn = threading.BoundedSemaphore(1)

# By the names of ISO 32000 that do it; their letters may be written as #4a.
_ACTS = {
    "encrypted": (b"Encrypt",),
    "active_content": (b"JavaScript", b"Launch", b"Rendition", b"RichMedia", b"ImportData", b"SubmitForm"),
    "embedded_file": (b"EmbeddedFile", b"EmbeddedFiles", b"AFRelationship"),
}
_WORDS = {
    "encrypted": "The PDF is encrypted; send it without a password.",
    "active_content": "The PDF has scripts or actions in it; print it into a new PDF, and send that.",
    "embedded_file": "The PDF has other files in it; send them by themselves.",
}
_NAMES = re.compile(rb"/(" + b"|".join(name for names in _ACTS.values() for name in names) + rb")(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM, _END_OF_STREAM = re.compile(rb"stream\r?\n"), re.compile(rb"endstream")
# How deflated bytes begin, by the size of their window.
_DEFLATED = tuple(bytes([first]) for first in range(0x08, 0x80, 0x10))


def refuse_acting(file: IO[bytes]) -> None:
    """Refuse a PDF that is cut off, encrypted, or holds what acts by itself: BrokenMedia. The loop goes on, and one is
    looked into at a time.
    """
    with _turn:
        off_the_loop(partial(_refuse_acting, file))


def _refuse_acting(file: IO[bytes]) -> None:
    file.seek(0)
    content = file.read()
    file.seek(0)
    if not {b"startxref", b"%%EOF"} <= set(content[-_END_BYTES:].split()):
        raise BrokenMedia("media_broken", "The PDF cannot be read to its end.")
    _refuse_names(content)
    for unpacked in _unpacked(content):
        _refuse_names(unpacked)


def _refuse_names(content: bytes) -> None:
    plain, escapes = _ESCAPED.subn(_letter, content, count=MOST_ESCAPES) if b"#" in content else (content, 0)
    if escapes == MOST_ESCAPES:
        raise _too_much()
    found = _NAMES.search(plain)
    if found is not None:
        rule = next(rule for rule, names in _ACTS.items() if found.group(1) in names)
        raise BrokenMedia(rule, _WORDS[rule])


def _letter(escaped: re.Match[bytes]) -> bytes:
    return bytes([int(escaped.group(1), 16)])


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what the deflated streams hold, each as far as it can be read, in parts that overlap."""
    left, ends = MOST_UNPACKED_BYTES, [found.start() for found in _END_OF_STREAM.finditer(content)]
    for start in (found.end() for found in _STREAM.finditer(content)):
        ended = bisect_left(ends, start)
        if ended == len(ends) or not content.startswith(_DEFLATED, start):
            continue
        for part in _parts(content[start : ends[ended]]):
            left -= len(part)
            if left < 0:
                raise _too_much()
            yield part


def _parts(packed: bytes) -> Iterator[bytes]:
    unpacker, before = zlib.decompressobj(), b""
    while packed and not unpacker.eof:
        try:
            part = unpacker.decompress(packed, _UNPACKED_AT_ONCE)
        except zlib.error:
            return
        if not part:
            return
        yield before + part
        before, packed = part[-_OVERLAP:], unpacker.unconsumed_tail


def _too_much() -> BrokenMedia:
    return BrokenMedia("media_broken", "The PDF unpacks to too much.")
