"""Points and directions in centimetres, as the figures are posed in.

The floor is y = 0. A figure that stands unturned faces along x, has its head along y and its right side along z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vec:
    x: float
    y: float
    z: float = 0.0

    def __add__(self, other: Vec) -> Vec:
        return Vec(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Vec) -> Vec:
        return Vec(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: float) -> Vec:
        return Vec(self.x * factor, self.y * factor, self.z * factor)

    def __neg__(self) -> Vec:
        return self * -1

    def dot(self, other: Vec) -> float:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def length(self) -> float:
        return math.sqrt(self.dot(self))

    def unit(self) -> Vec:
        """Return the direction; a point has none and stays what it is."""
        return self * (1 / self.length()) if self.length() > 1e-9 else self

    def across(self, axis: Vec) -> Vec:
        """Return the direction of what is left without the part along `axis`, itself a direction."""
        return (self - axis * self.dot(axis)).unit()


ORIGIN = Vec(0, 0, 0)
UP = Vec(0, 1, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a part of the body is turned: where its front, its upper end and its right side point."""

    front: Vec = Vec(1, 0, 0)
    up: Vec = Vec(0, 1, 0)
    right: Vec = Vec(0, 0, 1)

    def raised(self, degrees: float) -> Frame:
        """Turn about the right side: the front comes up, what hangs down swings forwards."""
        cos, sin = _cos_sin(degrees)
        return Frame(self.front * cos + self.up * sin, self.up * cos - self.front * sin, self.right)

    def tilted(self, degrees: float) -> Frame:
        """Turn about the front: the upper end goes to the right, what hangs down swings to the left."""
        cos, sin = _cos_sin(degrees)
        return Frame(self.front, self.up * cos + self.right * sin, self.right * cos - self.up * sin)

    def turned(self, degrees: float) -> Frame:
        """Turn about the long axis: the front goes to the right."""
        cos, sin = _cos_sin(degrees)
        return Frame(self.front * cos + self.right * sin, self.up, self.right * cos - self.front * sin)

    def at(self, start: Vec, front: float = 0, up: float = 0, right: float = 0) -> Vec:
        """Return the point that lies so far from `start` in the directions of this frame."""
        return start + self.front * front + self.up * up + self.right * right


@dataclass(frozen=True, slots=True)
class Ball:
    """The body and the things are made of balls and of what stretches between them: the same from every side."""

    centre: Vec
    radius: float


def reach(root: Vec, target: Vec, lengths: tuple[float, float], bend_to: Vec) -> tuple[Vec, Vec]:
    """Return where the middle and the end of a two-part limb come to lie when its end goes to `target`.

    The middle joint bends towards `bend_to`. A target that is too far is reached for with the limb straight.
    """
    upper, lower = lengths
    way = target - root
    along = way.unit()
    far = min(max(way.length(), abs(upper - lower) + 0.1), upper + lower - 0.01)
    foot = (upper**2 - lower**2 + far**2) / (2 * far)
    height = math.sqrt(max(upper**2 - foot**2, 0))
    return root + along * foot + bend_to.across(along) * height, root + along * far


def _cos_sin(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)
