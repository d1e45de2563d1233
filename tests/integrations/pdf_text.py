"""The text of a PDF that WeasyPrint made: enough of the format to see that the words are really in it as words."""

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_GLYPH = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
_SHOWN = re.compile(rb"\[((?:<[0-9a-f]*>|[-0-9.\s])*)\] TJ")
_HEX = re.compile(rb"<([0-9a-f]*)>")


def texts_of(pdf: bytes) -> list[str]:
    """Return the whole text without blanks, read by each font of the document in turn."""
    streams = list(_streams(pdf))
    fonts = [dict(_GLYPH.findall(each)) for each in streams if b"beginbfchar" in each]
    shown = b"".join(b"".join(_HEX.findall(line)) for each in streams for line in _SHOWN.findall(each))
    glyphs = [shown[at : at + 4] for at in range(0, len(shown), 4)]
    return ["".join(_letter(font.get(glyph, b"")) for glyph in glyphs).replace(" ", "") for font in fonts]


def _streams(pdf: bytes) -> Iterator[bytes]:
    for found in _STREAM.findall(pdf):
        try:
            yield zlib.decompress(found)
        except zlib.error:
            continue


def _letter(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")
