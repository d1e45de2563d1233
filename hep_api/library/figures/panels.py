"""How large the drawing is and where its panels stand, so that the figure fills the paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hep_api.library.figures.arrows import way_of
from hep_api.library.figures.body import Body
from hep_api.library.figures.camera import Camera, Paper
from hep_api.library.figures.drawings import Drawing
from hep_api.library.figures.limbs import place_of
from hep_api.library.figures.shapes import Box, Line, Round, Shape
from hep_api.library.figures.space import Vec
from hep_api.library.figures.things import shapes_of

WIDTH, HEIGHT, EDGE, BETWEEN = 640, 360, 8, 20
UNITS = 3  # of the paper to the pixel, so that whole numbers are exact enough
LARGEST = 2.3  # pixels to the centimetre, unless it is a close-up
MARGIN = 6.0


@dataclass(frozen=True, slots=True)
class Panel:
    """A window on the paper; what reaches beyond it is cut off."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    panels: tuple[Panel, ...]
    paper: Paper
    columns: int


def lay_out(drawing: Drawing) -> Layout:
    left, low, right, high = _shown(drawing)
    width, height = right - left, high - low
    many = len(drawing.figures)
    panels = max((_rows(many, rows) for rows in range(1, many + 1)), key=lambda some: _scale(some[0], width, height))
    most = 99.0 if drawing.close else LARGEST
    scale = min(_scale(panels[0], width, height), most)
    paper = Paper(
        drawing.camera,
        scale * UNITS,
        (panels[0].width / 2 - (left + right) / 2 * scale) * UNITS,
        (panels[0].height / 2 + (low + high) / 2 * scale) * UNITS,
        panels[0].width * UNITS,
        panels[0].height * UNITS,
    )
    return Layout(panels, paper, columns=sum(panel.top == panels[0].top for panel in panels))


def _rows(many: int, rows: int) -> tuple[Panel, ...]:
    """Return so many panels in so many rows, each row read from the left."""
    columns = math.ceil(many / rows)
    width = (WIDTH - 2 * EDGE - BETWEEN * (columns - 1)) / columns
    height = (HEIGHT - 2 * EDGE - BETWEEN * (rows - 1)) / rows
    places = [divmod(i, columns) for i in range(many)]
    return tuple(
        Panel(EDGE + column * (width + BETWEEN), EDGE + row * (height + BETWEEN), width, height)
        for row, column in places
    )


def _scale(panel: Panel, width: float, height: float) -> float:
    return min(panel.width / width, panel.height / height)


def _shown(drawing: Drawing) -> tuple[float, float, float, float]:
    """Return the edges, in centimetres on paper, of everything or of the close-up."""
    if drawing.close:
        x, y = drawing.camera.flat(place_of(drawing.close.middle, drawing.start.joints))
        width, height = drawing.close.width / 2, drawing.close.height / 2
        return x - width, y - height, x + width, y + height
    extents = [extent for figure in drawing.figures for extent in _extents(drawing, figure)]
    extents += _tips(drawing)
    return (
        min(x - r for x, _, r in extents) - MARGIN,
        min(y - r for _, y, r in extents) - MARGIN,
        max(x + r for x, _, r in extents) + MARGIN,
        max(y + r for _, y, r in extents) + MARGIN,
    )


def _tips(drawing: Drawing) -> list[tuple[float, float, float]]:
    """Return how far the arrows reach, measured at the usual scale."""
    usual = 2.0 * UNITS
    return [
        (x / usual, -y / usual, 2)
        for arrow in drawing.arrows
        for x, y in way_of(arrow, *drawing.ways(arrow), Paper(drawing.camera, usual))
    ]


def _extents(drawing: Drawing, figure: Body) -> Iterator[tuple[float, float, float]]:
    for ball in figure.balls():
        yield *drawing.camera.flat(ball.centre), ball.radius
    shapes = (shape for thing in drawing.things for shape in shapes_of(thing, figure.joints))
    yield from _around(drawing.camera, shapes)


def _around(camera: Camera, shapes: Iterable[Shape]) -> Iterator[tuple[float, float, float]]:
    for shape in shapes:
        match shape:
            case Box(low, high):
                for corner in corners(low, high):
                    yield *camera.flat(corner), 0
            case Round(balls):
                for ball in balls:
                    yield *camera.flat(ball.centre), ball.radius
            case Line(strokes, width):
                for point in (point for stroke in strokes for point in stroke):
                    yield *camera.flat(point), width / 2


def corners(low: Vec, high: Vec) -> list[Vec]:
    return [Vec(x, y, z) for x in (low.x, high.x) for y in (low.y, high.y) for z in (low.z, high.z)]
