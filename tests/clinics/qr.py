"""Reads the modules of a QR code out of its pictures, without the library that drew them."""

import re
import struct
import zlib
from base64 import b64decode
from urllib.parse import unquote

BORDER, DOTS_A_MODULE = 4, 8


def modules_of_png(uri: str) -> list[bytes]:
    """Return the rows of modules, 1 for dark, of a PNG with one bit a dot."""
    png = b64decode(uri.removeprefix("data:image/png;base64,"))
    chunks, at = {}, 8
    while at < len(png):
        [length] = struct.unpack(">I", png[at : at + 4])
        chunks[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colours, width) == (1, 0, height)
    lines = zlib.decompress(chunks[b"IDAT"])
    step = 1 + (width + 7) // 8
    size = width // DOTS_A_MODULE - 2 * BORDER
    rows = []
    for y in range(BORDER, BORDER + size):
        line = lines[y * DOTS_A_MODULE * step : (y * DOTS_A_MODULE + 1) * step]
        assert line[0] == 0, "a line that is filtered is not read here"
        dots = [line[1 + x // 8] >> (7 - x % 8) & 1 for x in range(width)]
        rows.append(bytes(1 - dots[x * DOTS_A_MODULE] for x in range(BORDER, BORDER + size)))
    return rows


def modules_of_svg(uri: str, size: int) -> list[bytes]:
    """Return the same of an SVG that draws dark modules as horizontal strokes."""
    svg = unquote(uri.removeprefix("data:image/svg+xml;charset=utf-8,"))
    [path] = re.findall(r"stroke='#000' d='([^']+)'", svg)
    rows = [bytearray(size) for _ in range(size)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]*)", path):
        steps = [float(each) for each in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = steps
        elif command == "m":
            x, y = x + steps[0], y + steps[1]
        else:
            left, row = int(x) - BORDER, rows[int(y) - BORDER]
            row[left : left + int(steps[0])] = b"\1" * int(steps[0])
            x += steps[0]
    return [bytes(row) for row in rows]
