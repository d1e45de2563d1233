"""The things as SVG paths: boxes with the sides that are seen, round ones as outlines, bands and sticks as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hep_api.library.figures.camera import Paper
from hep_api.library.figures.limbs import Joints
from hep_api.library.figures.outline import hull, path
from hep_api.library.figures.palette import DARK, FRONT, ROUND, SIDE, TOP
from hep_api.library.figures.shapes import Box, Line, Round, Shape, Thing
from hep_api.library.figures.space import Vec
from hep_api.library.figures.things import shapes_of


def path_of(thing: Thing, joints: Joints, paper: Paper) -> str:
    return "".join(_shape(shape, paper) for shape in shapes_of(thing, joints))


def _shape(shape: Shape, paper: Paper) -> str:
    match shape:
        case Box(low, high):
            return "".join(_faces(low, high, paper))
        case Round(balls, dark):
            colour = DARK if dark else ROUND
            outline = hull([paper.disc(ball) for ball in balls])
            return f'<path d="{outline}" fill="{colour}" stroke-width="6"/>'
        case Line(strokes, width, closed, dark, dashed):
            drawn = "".join(_lines(points, paper) + "Z" * closed for points in strokes)
            dots = f'stroke-dasharray="1 {round(width * paper.scale * 2.4)}" ' if dashed else ""
            return (
                f'<path d="{drawn}" fill="none" stroke="{DARK if dark else SIDE}" '
                f'stroke-width="{round(width * paper.scale)}" {dots}'
                'stroke-linecap="round" stroke-linejoin="round"/>'
            )


def _faces(low: Vec, high: Vec, paper: Paper) -> Iterator[str]:
    """Yield the sides of a box that look at the viewer."""
    viewer = paper.camera.viewer
    x, y, z = (
        (high.x if viewer.x > 0 else low.x),
        (high.y if viewer.y > 0 else low.y),
        high.z if viewer.z > 0 else low.z,
    )
    sides = (
        (viewer.x, SIDE, [Vec(x, low.y, low.z), Vec(x, high.y, low.z), Vec(x, high.y, high.z), Vec(x, low.y, high.z)]),
        (viewer.z, FRONT, [Vec(low.x, low.y, z), Vec(low.x, high.y, z), Vec(high.x, high.y, z), Vec(high.x, low.y, z)]),
        (viewer.y, TOP, [Vec(low.x, y, low.z), Vec(high.x, y, low.z), Vec(high.x, y, high.z), Vec(low.x, y, high.z)]),
    )
    for towards, colour, points in sides:
        if abs(towards) > 0.03:
            yield f'<path d="{_lines(points, paper)}Z" fill="{colour}"/>'


def _lines(points: Sequence[Vec], paper: Paper) -> str:
    spots = [paper.spot(point) for point in points]
    return path(("M", spots[0]), *(("L", spot) for spot in spots[1:]))
