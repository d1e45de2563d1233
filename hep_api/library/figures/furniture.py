"""Things that stand on the floor: each maker turns a thing into boxes and lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from hep_api.library.figures.limbs import Joints, place_of
from hep_api.library.figures.shapes import Box, Line, Round, Shape, Thing
from hep_api.library.figures.space import Ball, Vec


def box(start: Vec, size: Vec) -> Box:
    """Return a box that stands on the middle of `start`."""
    return Box(start - Vec(size.x / 2, 0, size.z / 2), start + Vec(size.x / 2, size.y, size.z / 2))


def slab(size: Vec) -> Callable[[Thing, Joints], list[Shape]]:
    """Return the maker of a box whose top is where the thing lies."""

    def make(thing: Thing, joints: Joints) -> list[Shape]:
        big = thing.size or size
        return [box(place_of(thing.at, joints) - Vec(0, big.y, 0), big)]

    return make


def block(size: Vec) -> Callable[[Thing, Joints], list[Shape]]:
    def make(thing: Thing, joints: Joints) -> list[Shape]:
        return [box(place_of(thing.at, joints), thing.size or size)]

    return make


def _legs(at: Vec, size: Vec, height: float, width: float) -> list[Shape]:
    """Return four legs under a board, the far ones first."""
    x, z = size.x / 2 - width, size.z / 2 - width
    feet = [at + Vec(way * x, 0, side * z) for side in (-1, 1) for way in (-1, 1)]
    return [Line(tuple((foot, foot + Vec(0, height, 0)) for foot in feet), width, dark=False)]


def bed(thing: Thing, joints: Joints) -> list[Shape]:
    at, size = place_of(thing.at, joints), thing.size or Vec(200, 12, 80)
    return [*_legs(at - Vec(0, size.y + 8, 0), size, 10, 6), box(at - Vec(0, size.y, 0), size)]


def table(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a table on legs; `size` is its length, height and depth."""
    at, size = place_of(thing.at, joints), thing.size or Vec(70, 72, 70)
    return [*_legs(at, size, size.y - 4, 4), box(at + Vec(0, size.y - 4, 0), Vec(size.x, 4, size.z))]


def chair(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a chair whose seat is at `size.y` and whose back, when `size.x` is not 0, rises so far above it."""
    at, size = place_of(thing.at, joints), thing.size or Vec(42, 44, 44)
    depth = 42.0
    seat = table(dataclasses.replace(thing, at=("", at + Vec(2, 0, 0)), size=Vec(depth, size.y, size.z)), joints)
    if not size.x:
        return seat
    return [box(at + Vec(-20, size.y, 0), Vec(4, size.x, size.z)), *seat]


def worktop(thing: Thing, joints: Joints) -> list[Shape]:
    at, size = place_of(thing.at, joints), thing.size or Vec(55, 92, 100)
    top = box(at + Vec(0, size.y - 5, 0), Vec(size.x + 6, 5, size.z + 6))
    return [box(at, Vec(size.x, size.y - 5, size.z)), top]


def stairs(thing: Thing, joints: Joints) -> list[Shape]:
    at = place_of(thing.at, joints)
    return [box(at + Vec(15 + 30 * step, 0, 0), Vec(30, 18 * (step + 1), 70)) for step in reversed(range(4))]


def doorway(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a door frame across the way of the figure."""
    at, size = place_of(thing.at, joints), thing.size or Vec(8, 205, 84)
    posts: list[Shape] = [box(at + Vec(0, 0, side * size.z / 2), Vec(size.x, size.y, 9)) for side in (-1, 1)]
    return [posts[0], box(at + Vec(0, size.y, 0), Vec(size.x, 9, size.z + 9)), posts[1]]


def bike(thing: Thing, joints: Joints) -> list[Shape]:
    at = place_of(thing.at, joints)
    frame = [(-6, 88), (8, 34), (50, 34), (46, 96)]
    return [
        box(at + Vec(26, 0, 0), Vec(90, 5, 34)),
        Round((Ball(at + Vec(52, 30, -2), 19), Ball(at + Vec(52, 30, 2), 19))),
        Line((tuple(at + Vec(x, y, 0) for x, y in frame), (at + Vec(8, 34, 0), at + Vec(8, 4, 0))), 4.5),
        Line((tuple(at + Vec(x, y, z) for x, y, z in ((46, 96, -20), (54, 104, 0), (46, 96, 20))),), 3.5),
        box(at + Vec(-8, 86, 0), Vec(26, 5, 16)),
    ]
