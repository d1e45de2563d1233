"""What an exercise needs beside the body: chairs, bands, balls, made of boxes, balls and lines.

A thing is told by name, place and size. Its place is a point or a joint of the figure, so that a weight goes where the
hand goes. Things on the floor stand on y = 0; of a bed and a mat, y = 0 is the top.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hep_api.library.figures.limbs import Joints, place_of
from hep_api.library.figures.pose import Place, read_place
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


def read_thing(raw: str | Mapping[str, Any]) -> Thing:
    told: dict[str, Any] = {"thing": raw} if isinstance(raw, str) else dict(raw)
    if unknown := told.keys() - {field.name for field in dataclasses.fields(Thing)}:
        raise ValueError(f"A thing has no {', '.join(sorted(unknown))}.")
    if told["thing"] not in MAKERS:
        raise ValueError(f"There is no thing named {told['thing']!r}.")
    for name in ("size", "to"):
        if name in told:
            told[name] = Vec(*told[name])
    if "at" in told:
        told["at"] = read_place(told["at"])
    told["through"] = tuple(place for one in told.get("through", ()) if (place := read_place(one)))
    return Thing(**told)


def shapes_of(thing: Thing, joints: Joints) -> list[Shape]:
    return MAKERS[thing.thing](thing, joints)


def _box(start: Vec, size: Vec) -> Box:
    """Return a box that stands on the middle of `start`."""
    return Box(start - Vec(size.x / 2, 0, size.z / 2), start + Vec(size.x / 2, size.y, size.z / 2))


def _slab(size: Vec) -> Callable[[Thing, Joints], list[Shape]]:
    """Return the maker of a box whose top is where the thing lies."""

    def make(thing: Thing, joints: Joints) -> list[Shape]:
        big = thing.size or size
        return [_box(place_of(thing.at, joints) - Vec(0, big.y, 0), big)]

    return make


def _block(size: Vec) -> Callable[[Thing, Joints], list[Shape]]:
    def make(thing: Thing, joints: Joints) -> list[Shape]:
        return [_box(place_of(thing.at, joints), thing.size or size)]

    return make


def _legs(at: Vec, size: Vec, height: float, width: float) -> list[Shape]:
    """Return four legs under a board, the far ones first."""
    x, z = size.x / 2 - width, size.z / 2 - width
    feet = [at + Vec(way * x, 0, side * z) for side in (-1, 1) for way in (-1, 1)]
    return [Line(tuple((foot, foot + Vec(0, height, 0)) for foot in feet), width, dark=False)]


def _bed(thing: Thing, joints: Joints) -> list[Shape]:
    at, size = place_of(thing.at, joints), thing.size or Vec(200, 12, 80)
    return [*_legs(at - Vec(0, size.y + 8, 0), size, 10, 6), _box(at - Vec(0, size.y, 0), size)]


def _table(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a table on legs; `size` is its length, height and depth."""
    at, size = place_of(thing.at, joints), thing.size or Vec(70, 72, 70)
    return [*_legs(at, size, size.y - 4, 4), _box(at + Vec(0, size.y - 4, 0), Vec(size.x, 4, size.z))]


def _chair(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a chair whose seat is at `size.y` and whose back, when `size.x` is not 0, rises so far above it."""
    at, size = place_of(thing.at, joints), thing.size or Vec(42, 44, 44)
    depth = 42.0
    seat = _table(dataclasses.replace(thing, at=("", at + Vec(2, 0, 0)), size=Vec(depth, size.y, size.z)), joints)
    if not size.x:
        return seat
    return [_box(at + Vec(-20, size.y, 0), Vec(4, size.x, size.z)), *seat]


def _worktop(thing: Thing, joints: Joints) -> list[Shape]:
    at, size = place_of(thing.at, joints), thing.size or Vec(55, 92, 100)
    top = _box(at + Vec(0, size.y - 5, 0), Vec(size.x + 6, 5, size.z + 6))
    return [_box(at, Vec(size.x, size.y - 5, size.z)), top]


def _stairs(thing: Thing, joints: Joints) -> list[Shape]:
    at = place_of(thing.at, joints)
    return [_box(at + Vec(15 + 30 * step, 0, 0), Vec(30, 18 * (step + 1), 70)) for step in reversed(range(4))]


def _doorway(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a door frame across the way of the figure."""
    at, size = place_of(thing.at, joints), thing.size or Vec(8, 205, 84)
    posts: list[Shape] = [_box(at + Vec(0, 0, side * size.z / 2), Vec(size.x, size.y, 9)) for side in (-1, 1)]
    return [posts[0], _box(at + Vec(0, size.y, 0), Vec(size.x, 9, size.z + 9)), posts[1]]


def _ball(thing: Thing, joints: Joints) -> list[Shape]:
    return [Round((Ball(place_of(thing.at, joints), thing.radius or 9),))]


def _pillow(thing: Thing, joints: Joints) -> list[Shape]:
    at, size = place_of(thing.at, joints), thing.size or Vec(36, 10, 50)
    r = min(size.x, size.y, size.z) / 2
    corners = [
        Ball(at + Vec(x * (size.x / 2 - r), y * (size.y / 2 - r), z * (size.z / 2 - r)), r)
        for x in (-1, 1)
        for y in (-1, 1)
        for z in (-1, 1)
    ]
    return [Round(tuple(corners))]


def _roll(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a rolled towel that lies along `to`, half of it to each side."""
    at, along = place_of(thing.at, joints), thing.to
    half = along if along.length() else Vec(0, 0, 14)
    return [Round((Ball(at - half, thing.radius or 6), Ball(at + half, thing.radius or 6)))]


def _weight(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a small dumbbell along `to`."""
    at, along = place_of(thing.at, joints), thing.to.unit() if thing.to.length() else Vec(0, 0, 1)
    bar = Round((Ball(at - along * 8, 1.6), Ball(at + along * 8, 1.6)), dark=True)
    ends = [
        Round((Ball(at + along * far, 4.6), Ball(at + along * (far + 3 * side), 4.6)), dark=True)
        for side, far in ((-1, -7), (1, 7))
    ]
    return [bar, *ends]


def _kettlebell(thing: Thing, joints: Joints) -> list[Shape]:
    at = place_of(thing.at, joints)
    handle = tuple(at + Vec(x, y, 0) for x, y in ((-6, -9), (-6, -1), (6, -1), (6, -9)))
    return [Round((Ball(at - Vec(0, 15, 0), 9),), dark=True), Line((handle,), 2.6)]


def _line(width: float) -> Callable[[Thing, Joints], list[Shape]]:
    def make(thing: Thing, joints: Joints) -> list[Shape]:
        return [Line((tuple(place_of(place, joints) for place in thing.through),), thing.radius or width)]

    return make


def _loop(thing: Thing, joints: Joints) -> list[Shape]:
    return [Line((tuple(place_of(place, joints) for place in thing.through),), thing.radius or 3.4, closed=True)]


def _stick(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a stick through two places that goes on beyond them by `radius`."""
    start, end = (place_of(place, joints) for place in thing.through)
    beyond = (end - start).unit() * (thing.radius or 14)
    return [Line(((start - beyond, end + beyond),), 2.8)]


def _sight(thing: Thing, joints: Joints) -> list[Shape]:
    """Return the line between the eyes and what they are on, broken, since it is none that can be touched."""
    return [Line((tuple(place_of(place, joints) for place in thing.through),), thing.radius or 1.1, dashed=True)]


def _letter(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a card to look at, with a letter on the side that a viewer before the figure sees."""
    at, size = place_of(thing.at, joints), thing.size or Vec(1.5, 20, 15)
    spots = [(0.2, 0.28), (0.8, 0.0), (0.2, -0.28), (0.44, -0.15), (0.44, 0.15)]
    strokes = tuple(at + Vec(size.x / 2 + 0.4, size.y * up, size.z * side) for up, side in spots)
    return [_box(at, size), Line((strokes[:3], strokes[3:]), 1.5)]


def _clock(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a clock that hangs before the figure and faces the viewer who stands there."""
    at, r = place_of(thing.at, joints), thing.radius or 15
    hands = ((at + Vec(1, 0, 0), at + Vec(1, r * 0.65, 0)), (at + Vec(1, 0, 0), at + Vec(1, -r * 0.15, -r * 0.45)))
    return [Round((Ball(at, r),)), Line(hands, 2)]


def _bike(thing: Thing, joints: Joints) -> list[Shape]:
    at = place_of(thing.at, joints)
    frame = [(-6, 88), (8, 34), (50, 34), (46, 96)]
    return [
        _box(at + Vec(26, 0, 0), Vec(90, 5, 34)),
        Round((Ball(at + Vec(52, 30, -2), 19), Ball(at + Vec(52, 30, 2), 19))),
        Line((tuple(at + Vec(x, y, 0) for x, y in frame), (at + Vec(8, 34, 0), at + Vec(8, 4, 0))), 4.5),
        Line((tuple(at + Vec(x, y, z) for x, y, z in ((46, 96, -20), (54, 104, 0), (46, 96, 20))),), 3.5),
        _box(at + Vec(-8, 86, 0), Vec(26, 5, 16)),
    ]


MAKERS: dict[str, Callable[[Thing, Joints], list[Shape]]] = {
    "mat": _slab(Vec(195, 3, 66)),
    "towel": _slab(Vec(34, 1.6, 30)),
    "seat": _slab(Vec(40, 5, 44)),
    "bed": _bed,
    "table": _table,
    "chair": _chair,
    "worktop": _worktop,
    "wall": _block(Vec(5, 205, 110)),
    "step": _block(Vec(34, 16, 60)),
    "block": _block(Vec(30, 30, 30)),
    "foam": _block(Vec(44, 8, 40)),
    "card": _block(Vec(1, 16, 11)),
    "stairs": _stairs,
    "doorway": _doorway,
    "ball": _ball,
    "pillow": _pillow,
    "roll": _roll,
    "weight": _weight,
    "kettlebell": _kettlebell,
    "band": _line(2.6),
    "strap": _line(2.6),
    "cloth": _line(5),
    "rail": _line(4),
    "loop": _loop,
    "stick": _stick,
    "sight": _sight,
    "letter": _letter,
    "clock": _clock,
    "bike": _bike,
}
