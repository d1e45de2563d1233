"""The outline of balls seen from the side: straight lines between them and arcs around them, as an SVG path."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 90
SAME = 1e-6  # two that reach equally far are told apart by their order and not by the last bit
DIRECTIONS = [(angle, math.cos(angle), math.sin(angle)) for angle in (2 * math.pi * i / STEPS for i in range(STEPS))]


@dataclass(frozen=True, slots=True)
class Disc:
    """A ball as it is seen, y downwards."""

    x: float
    y: float
    radius: float

    def rim(self, angle: float) -> tuple[float, float]:
        return self.x + self.radius * math.cos(angle), self.y + self.radius * math.sin(angle)


def hull(discs: Sequence[Disc]) -> str:
    """Return the path of a rubber band around the discs, clockwise, so that several in one path melt together."""
    told = [(disc.x, disc.y, disc.radius) for disc in discs]
    outermost = [_outermost(told, cos, sin) for _, cos, sin in DIRECTIONS]
    if len(set(outermost)) == 1:
        return _circle(discs[outermost[0]])
    first = next(step for step in range(STEPS) if outermost[step] != outermost[step - 1])
    runs: list[tuple[int, list[float]]] = []
    for step in [*range(first, STEPS), *range(first)]:
        if not runs or runs[-1][0] != outermost[step]:
            runs.append((outermost[step], []))
        runs[-1][1].append(DIRECTIONS[step][0])
    return _joined([(discs[which], run) for which, run in runs])


def path(*steps: tuple[str, Sequence[float]]) -> str:
    """Return path commands in whole numbers, with no more spaces than needed."""
    words = (letter + " ".join(str(round(value)) for value in values) for letter, values in steps)
    return "".join(words).replace(" -", "-")


def _outermost(discs: Sequence[tuple[float, float, float]], cos: float, sin: float) -> int:
    """Return which disc, as x, y and radius, reaches farthest in a direction; of two that do, the first."""
    # Asked ninety times for each part of each drawing, so it is written to be quick.
    farthest, which = -math.inf, 0
    for place, (x, y, radius) in enumerate(discs):
        reach = x * cos + y * sin + radius
        if reach > farthest + SAME:
            farthest, which = reach, place
    return which


def _joined(runs: Sequence[tuple[Disc, Sequence[float]]]) -> str:
    """Return arcs and the lines between them, each told from where the one before it ended."""
    x, y = _rounded(runs[0][0].rim(runs[0][1][0]))
    steps: list[tuple[str, Sequence[float]]] = [("M", (x, y))]
    for disc, run in runs:
        for letter, angle in (("l", run[0]), ("a", run[-1])):
            to_x, to_y = _rounded(disc.rim(angle))
            if (to_x, to_y) != (x, y):
                round_it = (disc.radius, disc.radius, 0, int(len(run) > STEPS / 2), 1) if letter == "a" else ()
                steps.append((letter, (*round_it, to_x - x, to_y - y)))
            x, y = to_x, to_y
    return path(*steps) + "Z"


def _rounded(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _circle(disc: Disc) -> str:
    r = disc.radius
    return path(("M", (disc.x - r, disc.y)), ("a", (r, r, 0, 1, 1, 2 * r, 0)), ("a", (r, r, 0, 1, 1, -2 * r, 0))) + "Z"
