"""Things that are held, worn or looked at: each maker turns a thing into balls and lines."""

from __future__ import annotations

from collections.abc import Callable

from hep_api.library.figures.furniture import box
from hep_api.library.figures.limbs import Joints, place_of
from hep_api.library.figures.shapes import Line, Round, Shape, Thing
from hep_api.library.figures.space import Ball, Vec


def ball(thing: Thing, joints: Joints) -> list[Shape]:
    return [Round((Ball(place_of(thing.at, joints), thing.radius or 9),))]


def pillow(thing: Thing, joints: Joints) -> list[Shape]:
    at, size = place_of(thing.at, joints), thing.size or Vec(36, 10, 50)
    r = min(size.x, size.y, size.z) / 2
    corners = [
        Ball(at + Vec(x * (size.x / 2 - r), y * (size.y / 2 - r), z * (size.z / 2 - r)), r)
        for x in (-1, 1)
        for y in (-1, 1)
        for z in (-1, 1)
    ]
    return [Round(tuple(corners))]


def roll(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a rolled towel that lies along `to`, half of it to each side."""
    at, along = place_of(thing.at, joints), thing.to
    half = along if along.length() else Vec(0, 0, 14)
    return [Round((Ball(at - half, thing.radius or 6), Ball(at + half, thing.radius or 6)))]


def weight(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a small dumbbell along `to`."""
    at, along = place_of(thing.at, joints), thing.to.unit() if thing.to.length() else Vec(0, 0, 1)
    bar = Round((Ball(at - along * 8, 1.6), Ball(at + along * 8, 1.6)), dark=True)
    ends = [
        Round((Ball(at + along * far, 4.6), Ball(at + along * (far + 3 * side), 4.6)), dark=True)
        for side, far in ((-1, -7), (1, 7))
    ]
    return [bar, *ends]


def cuff(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a weight strapped around a limb: it lies between the two joints that it goes `through`, at the first."""
    joint, above = (place_of(place, joints) for place in thing.through)
    up = (above - joint).unit()
    return [Round((Ball(joint + up * 4, 5.4), Ball(joint + up * 9, 5.6)), dark=True)]


def kettlebell(thing: Thing, joints: Joints) -> list[Shape]:
    at = place_of(thing.at, joints)
    handle = tuple(at + Vec(x, y, 0) for x, y in ((-6, -9), (-6, -1), (6, -1), (6, -9)))
    return [Round((Ball(at - Vec(0, 15, 0), 9),), dark=True), Line((handle,), 2.6)]


def line(width: float) -> Callable[[Thing, Joints], list[Shape]]:
    def make(thing: Thing, joints: Joints) -> list[Shape]:
        return [Line((tuple(place_of(place, joints) for place in thing.through),), thing.radius or width)]

    return make


def loop(thing: Thing, joints: Joints) -> list[Shape]:
    return [Line((tuple(place_of(place, joints) for place in thing.through),), thing.radius or 3.4, closed=True)]


def stick(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a stick through two places that goes on beyond them by `radius`."""
    start, end = (place_of(place, joints) for place in thing.through)
    beyond = (end - start).unit() * (thing.radius or 14)
    return [Line(((start - beyond, end + beyond),), 2.8)]


def sight(thing: Thing, joints: Joints) -> list[Shape]:
    """Return the line between the eyes and what they are on, broken, since it is none that can be touched."""
    return [Line((tuple(place_of(place, joints) for place in thing.through),), thing.radius or 1.1, dashed=True)]


def letter(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a card to look at, with a letter on the side that a viewer before the figure sees."""
    at, size = place_of(thing.at, joints), thing.size or Vec(1.5, 20, 15)
    spots = [(0.2, 0.28), (0.8, 0.0), (0.2, -0.28), (0.44, -0.15), (0.44, 0.15)]
    strokes = tuple(at + Vec(size.x / 2 + 0.4, size.y * up, size.z * side) for up, side in spots)
    return [box(at, size), Line((strokes[:3], strokes[3:]), 1.5)]


def clock(thing: Thing, joints: Joints) -> list[Shape]:
    """Return a clock that hangs before the figure and faces the viewer who stands there."""
    at, r = place_of(thing.at, joints), thing.radius or 15
    hands = ((at + Vec(1, 0, 0), at + Vec(1, r * 0.65, 0)), (at + Vec(1, 0, 0), at + Vec(1, -r * 0.15, -r * 0.45)))
    return [Round((Ball(at, r),)), Line(hands, 2)]
