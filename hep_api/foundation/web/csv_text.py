"""Rows as CSV (RFC 4180) that a spreadsheet opens as it was meant: UTF-8 with a byte order mark, and no formulas.

Spreadsheets run text that begins like a formula, whoever wrote it and whether it stands in quotes or not. Such text
gets an apostrophe in front, which they take for "this is text". Numbers are numbers, with their signs.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from hep_api.foundation.web.columns import Cell

BYTE_ORDER_MARK = "\ufeff"
TEXT_FOLLOWS = "'"

# Also as the full-width signs, which some spreadsheets take for the plain ones.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
# What importers strip from the front of a cell: spaces, quotes, and what cannot be seen. A tab starts a cell itself.
_STRIPPED = (
    r"\x00-\x08\x0e-\x20\x7f-\x84\x86-\xa0\xad\u1680\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff"
    r"\"'`\xab\xb4\xbb\u2018-\u201f"
)
_LINE_BREAKS = r"\x0a-\x0d\x85\u2028\u2029"
# At the start, and where a spreadsheet that takes another separator than the comma starts a new cell, or, as it sees no
# quotes then, a new row. Behind a line break no further one is looked past: it is a start itself, and a text full of
# them would cost the square of its length.
_FORMULA = re.compile(
    rf"(\A(?=[{_STRIPPED}{_LINE_BREAKS}]*[{_SIGNS}])|[;|\t{_LINE_BREAKS}](?=[{_STRIPPED}]*[{_SIGNS}]))"
)
_CONTROL_FIRST = re.compile(r"\A(?=[\t\r\n])")


def line(cells: Iterable[Cell]) -> str:
    """Return one row, with its CR LF."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_safe(cell) for cell in cells])
    return buffer.getvalue()


def lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows in UTF-8."""
    return "".join(map(line, rows)).encode()


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs: as it is, or with an apostrophe before what would begin a formula."""
    return _CONTROL_FIRST.sub(TEXT_FOLLOWS, _FORMULA.sub(rf"\1{TEXT_FOLLOWS}", text))


def _safe(cell: Cell) -> Cell:
    return guarded(cell) if isinstance(cell, str) else cell
