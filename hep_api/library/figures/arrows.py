"""The arrow that shows the movement: along the way that a joint takes, or between two places that the drawing names."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hep_api.library.figures.camera import Paper
from hep_api.library.figures.limbs import Joints, place_of
from hep_api.library.figures.outline import path
from hep_api.library.figures.pose import Place, read_place
from hep_api.library.figures.space import ORIGIN, Vec

Point = tuple[float, float]

# About which joint a joint turns: the nearest that stays where it is.
TURNS_ABOUT = {
    "toe": ("ankle", "knee", "hip"), "ball": ("ankle", "knee", "hip"), "heel": ("ball", "ankle", "knee", "hip"),
    "ankle": ("knee", "hip"), "knee": ("hip", "ankle"),
    "fingers": ("wrist", "elbow", "shoulder"), "hand": ("wrist", "elbow", "shoulder"),
    "wrist": ("elbow", "shoulder"), "elbow": ("shoulder", "wrist"),
}  # fmt: skip
OF_THE_TRUNK = ("skull", "nape", "waist", "pelvis")
# In the units of the paper, of which a pixel has three.
SHORTEST, HEAD, HANDLE = 112.0, 39.0, 18.0


@dataclass(frozen=True, slots=True)
class Arrow:
    """Either `joint`, whose own way is shown, or `start` and `end` with a bend (a share of the length, left is up)."""

    joint: str = ""
    start: Place | None = None
    end: Place | None = None
    bend: float = 0
    beside: Vec = ORIGIN
    both: bool = False
    only: str = "start"


def read_arrow(raw: str | Mapping[str, Any]) -> Arrow:
    told: dict[str, Any] = {"joint": raw} if isinstance(raw, str) else dict(raw)
    if unknown := told.keys() - {field.name for field in dataclasses.fields(Arrow)}:
        raise ValueError(f"An arrow has no {', '.join(sorted(unknown))}.")
    for name in ("start", "end"):
        if name in told:
            told[name] = read_place(told[name])
    if "beside" in told:
        told["beside"] = Vec(*told["beside"])
    return Arrow(**told)


def way_of(arrow: Arrow, start: Joints, end: Joints, paper: Paper) -> list[Point]:
    """Return five points along the arrow, as they lie on the paper."""
    if arrow.start and arrow.end:
        joints = end if arrow.only == "end" else start
        first = paper.spot(place_of(arrow.start, joints) + arrow.beside)
        last = paper.spot(place_of(arrow.end, joints) + arrow.beside)
        return _bow(first, last, arrow.bend)
    if arrow.joint not in start:
        raise ValueError(f"There is no joint named {arrow.joint!r} for an arrow.")
    first = paper.spot(start[arrow.joint] + arrow.beside)
    last = paper.spot(end[arrow.joint] + arrow.beside)
    pivot = _pivot(arrow.joint, start, end)
    if pivot is None or arrow.bend:
        return _bow(*_long_enough(first, last), arrow.bend)
    before, after = (paper.spot(joints[pivot] + arrow.beside) for joints in (start, end))
    return _around(first, last, before, after)


def draw(points: list[Point], arrow: Arrow) -> tuple[str, str]:
    """Return the path of the shaft and the path of the head or heads."""
    (x0, y0), c1, middle, c2, (x1, y1) = points
    heads = [_head(c2, (x1, y1))]
    if arrow.both:
        heads.append(_head(c1, (x0, y0)))
    handles = [_through((x0, y0), c1, middle), _through(middle, c2, (x1, y1))]
    shaft = path(("M", (x0, y0)), ("Q", (*handles[0], *middle)), ("Q", (*handles[1], x1, y1)))
    return shaft, "".join(heads)


def _pivot(joint: str, start: Joints, end: Joints) -> str | None:
    moved = (end[joint] - start[joint]).length()
    side, _, name = joint.rpartition("_")
    names = [f"{side}_{other}" for other in TURNS_ABOUT.get(name, ())] if side else list(OF_THE_TRUNK)
    return next((other for other in names if (end[other] - start[other]).length() < 0.3 * moved), None)


def _around(first: Point, last: Point, before: Point, after: Point) -> list[Point]:
    r0, a0 = _polar(first, before)
    r1, a1 = _polar(last, after)
    turn = (a1 - a0 + math.pi) % (2 * math.pi) - math.pi
    if min(r0, r1) < HANDLE or abs(turn) * max(r0, r1) < SHORTEST:
        return _bow(*_long_enough(first, last), 0)
    points = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        angle, radius = a0 + turn * share, r0 + (r1 - r0) * share
        x, y = (before[i] + (after[i] - before[i]) * share for i in (0, 1))
        points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return points


def _polar(point: Point, centre: Point) -> tuple[float, float]:
    x, y = point[0] - centre[0], point[1] - centre[1]
    return math.hypot(x, y), math.atan2(y, x)


def _long_enough(first: Point, last: Point) -> tuple[Point, Point]:
    x, y = last[0] - first[0], last[1] - first[1]
    longer = max(1.0, SHORTEST / (math.hypot(x, y) or 1))
    return first, (first[0] + x * longer, first[1] + y * longer)


def _bow(first: Point, last: Point, bend: float) -> list[Point]:
    x, y = last[0] - first[0], last[1] - first[1]
    return [
        (first[0] + x * s + y * bend * 4 * s * (1 - s), first[1] + y * s - x * bend * 4 * s * (1 - s))
        for s in (0, 0.25, 0.5, 0.75, 1)
    ]


def _through(start: Point, middle: Point, end: Point) -> Point:
    """Return the handle of a curve that passes through the middle."""
    return 2 * middle[0] - (start[0] + end[0]) / 2, 2 * middle[1] - (start[1] + end[1]) / 2


def _head(before: Point, tip: Point) -> str:
    length, angle = _polar(tip, before)
    size = min(HEAD, max(length, HANDLE) * 1.6)
    points = [(tip[0] + 0.55 * size * math.cos(angle), tip[1] + 0.55 * size * math.sin(angle))]
    points += [
        (tip[0] + size * math.cos(angle + turn), tip[1] + size * math.sin(angle + turn)) for turn in (2.45, -2.45)
    ]
    return path(("M", points[0]), *(("L", point) for point in points[1:])) + "Z"
