"""From where a drawing is seen, and where a point of space comes to lie on the paper.

There is no perspective: what is as long stays as long, so that the two halves of a drawing can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hep_api.library.figures.outline import Disc
from hep_api.library.figures.space import Ball, Vec

# Degrees: how far the viewer has walked from the figure's right side towards its front, and how high the eye is.
VIEWS: dict[str, tuple[float, float]] = {
    "side": (16, 9),
    "side_behind": (-16, 9),
    "quarter": (48, 14),
    "front": (82, 10),
    "front_quarter": (68, 12),
    "back": (-84, 10),
    "back_quarter": (-60, 12),
    "high": (20, 32),
    "high_front": (70, 32),
    "above": (0, 80),
}


@dataclass(frozen=True, slots=True)
class Camera:
    """Turns centimetres in space into centimetres on paper, x to the right and y up."""

    across: Vec
    upward: Vec
    viewer: Vec

    def flat(self, point: Vec) -> tuple[float, float]:
        return point.dot(self.across), point.dot(self.upward)

    def nearness(self, point: Vec) -> float:
        return point.dot(self.viewer)


@dataclass(frozen=True, slots=True)
class Paper:
    """A camera with its scale (units to the centimetre), where the point 0, 0 comes to lie, and the paper's size."""

    camera: Camera
    scale: float
    left: float = 0
    top: float = 0
    width: float = 0
    height: float = 0

    def shows(self, discs: Sequence[Disc]) -> bool:
        """Say whether anything of what stretches between the discs may be on the paper."""
        left, right = min(disc.x - disc.radius for disc in discs), max(disc.x + disc.radius for disc in discs)
        top, low = min(disc.y - disc.radius for disc in discs), max(disc.y + disc.radius for disc in discs)
        return right > 0 and left < self.width and low > 0 and top < self.height

    def spot(self, point: Vec) -> tuple[float, float]:
        x, y = self.camera.flat(point)
        return self.left + x * self.scale, self.top - y * self.scale

    def disc(self, ball: Ball, wider: float = 0) -> Disc:
        x, y = self.spot(ball.centre)
        return Disc(x, y, ball.radius * self.scale + wider)


def camera_at(around: float, above: float) -> Camera:
    cos_around, sin_around = math.cos(math.radians(around)), math.sin(math.radians(around))
    cos_above, sin_above = math.cos(math.radians(above)), math.sin(math.radians(above))
    return Camera(
        across=Vec(cos_around, 0, -sin_around),
        upward=Vec(-sin_around * sin_above, cos_above, -cos_around * sin_above),
        viewer=Vec(sin_around * cos_above, sin_above, cos_around * cos_above),
    )
