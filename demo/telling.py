"""How the story is told: numbered steps, what was asked and what came back, and each answer held against the story.

The first answer that differs ends the story: what follows would be built on it.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

INDENT = "     "
WIDTH = 62


class Mismatch(Exception):
    """An answer was not what the story says; `str(mismatch)` says which, and both."""


class Teller:
    """Prints the story and keeps count of what was checked."""

    def __init__(self) -> None:
        self.steps = 0
        self.checks = 0
        self.title = ""

    def step(self, title: str) -> None:
        self.steps += 1
        self.title = title
        print(f"\n{self.steps:3}. {title}", flush=True)

    def did(self, what: str, came_back: str) -> None:
        """Print one thing that was done, and in a column of its own what came back."""
        told = what if len(what) <= WIDTH else f"{what[: WIDTH - 2]}.."
        print(f"{INDENT}{told:<{WIDTH}} {came_back}", flush=True)

    def note(self, words: str) -> None:
        print(f"{INDENT}{words}", flush=True)

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Print rows with every column as wide as its widest cell."""
        cells = [tuple(row) for row in rows]
        widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))] if cells else []
        for row in cells:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print(f"{INDENT}  {line.rstrip()}", flush=True)

    def check(self, what: str, found: Any, expected: Any, shown: str = "") -> None:
        """Hold one answer against the story; raise Mismatch when it differs."""
        if found != expected:
            print(f"{INDENT}NOT AS TOLD  {what}", flush=True)
            raise Mismatch(f"{what}: the story says {expected!r}, the answer was {found!r}")
        self.checks += 1
        print(f"{INDENT}ok  {what:<34} {shown or _readable(found)}".rstrip(), flush=True)

    def check_ratio(self, what: str, found: dict[str, Any], numerator: Fraction | int, denominator: int) -> None:
        """Hold a ratio's value, numerator and denominator against the story, each to four decimals."""
        exact = Fraction(numerator)
        expected = {
            "value": four_decimals(exact / denominator),
            "numerator": four_decimals(exact),
            "denominator": float(denominator),
        }
        told = {name: None if found[name] is None else float(found[name]) for name in expected}
        shown = f"{expected['numerator']:g} / {denominator} = {expected['value']:.4f}"
        self.check(what, told, expected, shown)


def four_decimals(exact: Fraction) -> float:
    """Round half up to four decimals, as every ratio is shown."""
    return math.floor(exact * 10_000 + Fraction(1, 2)) / 10_000


def short(identifier: str) -> str:
    """Return the end of an id, enough to tell two apart on the screen."""
    return f"..{identifier[-4:]}"


def weekday(day: date) -> str:
    return f"{day:%a} {day.isoformat()}"


def _readable(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
