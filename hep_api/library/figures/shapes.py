"""What an exercise needs beside the body, as it is told, and the boxes, balls and lines that it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from hep_api.library.figures.pose import Place
from hep_api.library.figures.space import ORIGIN, Ball, Vec


@dataclass(frozen=True, slots=True)
class Box:
    low: Vec
    high: Vec


@dataclass(frozen=True, slots=True)
class Round:
    balls: tuple[Ball, ...]
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    strokes: tuple[tuple[Vec, ...], ...]
    width: float
    closed: bool = False
    dark: bool = True
    dashed: bool = False


Shape = Box | Round | Line


@dataclass(frozen=True, slots=True)
class Thing:
    thing: str
    at: Place = ("", ORIGIN)
    size: Vec | None = None
    to: Vec = ORIGIN
    through: tuple[Place, ...] = ()
    radius: float = 0
    front: bool = False  # drawn over the figure; else behind it
    before: str = ""  # or between its parts, just before this one
    only: str = ""  # "start" or "end"
