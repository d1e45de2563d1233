"""From a drawing to the text of an SVG: paper, things, figure, arrows, in the order of their distance.

Nothing in it can be run, fetched or pointed at, and it brings its own light background for dark pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from hep_api.library.figures import arrows
from hep_api.library.figures.body import SECTIONS, Body
from hep_api.library.figures.camera import Paper
from hep_api.library.figures.drawings import Drawing
from hep_api.library.figures.limbs import Hulls
from hep_api.library.figures.outline import Disc, hull, path
from hep_api.library.figures.panels import HEIGHT, UNITS, WIDTH, Layout, Panel, lay_out
from hep_api.library.figures.space import Ball, Vec
from hep_api.library.figures.things import Box, Line, Round, Shape, Thing, shapes_of

PAPER, BODY, FAR, MOVED, MOVED_FAR = "#f7f5f0", "#35506b", "#8c9fb2", "#d9542b", "#e79a80"
TOP, SIDE, FRONT, DARK = "#e6dccb", "#d3c5ac", "#ddd1bb", "#8a7653"
HALO = 5  # units of paper around each part, so that an arm shows before the trunk
FAR_OFF = 6.0
# What says nothing else is of the body's colour, and has an edge of paper when it has any.
INHERITED = f'fill="{BODY}" stroke="{PAPER}" stroke-width="0"'
COLOURS = {(False, False): BODY, (False, True): FAR, (True, False): MOVED, (True, True): MOVED_FAR}
OTHERS = {"right_arm": "left_arm", "left_arm": "right_arm", "right_leg": "left_leg", "left_leg": "right_leg"}


def render(name: str, drawing: Drawing) -> str:
    """Return the SVG of an exercise's drawing; `name` is the exercise's, in the reader's language."""
    layout = lay_out(drawing)
    halves = [(drawing.start, "start"), (drawing.end, "end")]
    figures = [(figure, when) for figure, when in halves if figure]
    told = "the start on the left, the end on the right" if layout.side_by_side else "the start above, the end below"
    if len(figures) == 1:
        told = "the position to hold"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{escape(name)}</title><desc>{escape(name)}: {told}.</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="{PAPER}"/>',
            *(
                _panel(drawing, layout, panel, figure, when)
                for panel, (figure, when) in zip(layout.panels, figures, strict=True)
            ),
            _between(layout),
            "</svg>\n",
        ]
    )


def _panel(drawing: Drawing, layout: Layout, panel: Panel, figure: Body, when: str) -> str:
    left, top, width, height = (f"{side:g}" for side in (panel.left, panel.top, panel.width, panel.height))
    inside = f"0 0 {panel.width * UNITS:g} {panel.height * UNITS:g}"
    paper = layout.paper
    things = [thing for thing in drawing.things if thing.only in ("", when)]
    shown = [arrow for arrow in drawing.arrows if arrow.only in ("both", when)]
    return "".join(
        [
            f'<svg x="{left}" y="{top}" width="{width}" height="{height}" viewBox="{inside}" {INHERITED}>',
            _ground(drawing, paper, figure),
            *(_thing(thing, figure, paper) for thing in things if not (thing.front or thing.before)),
            *_parts(drawing, paper, figure, [thing for thing in things if thing.before]),
            *(_thing(thing, figure, paper) for thing in things if thing.front),
            *(_arrow(arrow, drawing, paper) for arrow in shown),
            "</svg>",
        ]
    )


def _ground(drawing: Drawing, paper: Paper, figure: Body) -> str:
    """Return the shadow on the floor, where the figure is on the floor."""
    if drawing.close or "pelvis" not in figure.joints or any(thing.thing in ("mat", "bed") for thing in drawing.things):
        return ""
    low = [ball.centre for ball in figure.balls() if ball.centre.y - ball.radius < 12]
    if not low:
        return ""
    xs, zs = [point.x for point in low], [point.z for point in low]
    middle = Vec((min(xs) + max(xs)) / 2, 0, (min(zs) + max(zs)) / 2)
    x, y = (round(at) for at in paper.spot(middle))
    radius = (max(max(xs) - min(xs), max(zs) - min(zs)) / 2 + 16) * paper.scale
    flat = radius * max(abs(paper.camera.viewer.y), 0.1)
    return f'<ellipse cx="{x}" cy="{y}" rx="{round(radius)}" ry="{round(flat)}" fill="{TOP}"/>'


def _parts(drawing: Drawing, paper: Paper, figure: Body, things: Sequence[Thing]) -> Iterator[str]:
    """Yield the parts from the farthest to the nearest, those of the far side paler."""
    depths = {name: _depth(hulls, paper) + drawing.order.get(name, 0) for name, hulls in figure.parts.items()}
    painted: set[str] = set()
    for name in sorted(depths, key=lambda part: (round(depths[part], 3), part)):
        yield from (_thing(thing, figure, paper) for thing in things if thing.before == name)
        other = OTHERS.get(name, "")
        far = depths[name] < depths.get(other, -math.inf) - FAR_OFF
        moved = name in drawing.moves
        colour = COLOURS[moved, far and (not moved or other in drawing.moves)]
        # Paper around it, but not where it grows out of the trunk.
        root = figure.parts[name][0][0] if name in OTHERS and colour == BODY else None
        yield _part(_within(figure.parts[name], drawing, paper), paper, colour, halo=colour in painted, joined=root)
        for section in sorted(drawing.moves & SECTIONS.keys()):
            if SECTIONS[section][0] == name:
                pieces = _within(figure.parts[name][SECTIONS[section][1]], drawing, paper)
                yield _part(pieces, paper, MOVED, halo=False, joined=None)
        if name == "head":
            yield _face(figure, paper)
        painted.add(colour)


def _within(hulls: Hulls, drawing: Drawing, paper: Paper) -> Hulls:
    """Leave out what a close-up does not show."""
    if not drawing.close:
        return hulls
    panel = lay_out(drawing).panels[0]
    width, height = panel.width * UNITS, panel.height * UNITS
    return [balls for balls in hulls if _seen([paper.disc(ball) for ball in balls], width, height)]


def _seen(discs: Sequence[Disc], width: float, height: float) -> bool:
    left, right = min(disc.x - disc.radius for disc in discs), max(disc.x + disc.radius for disc in discs)
    top, low = min(disc.y - disc.radius for disc in discs), max(disc.y + disc.radius for disc in discs)
    return right > 0 and left < width and low > 0 and top < height


def _depth(hulls: Hulls, paper: Paper) -> float:
    balls = [ball for hull in hulls for ball in hull]
    return sum(paper.camera.nearness(ball.centre) for ball in balls) / len(balls)


def _part(hulls: Hulls, paper: Paper, colour: str, *, halo: bool, joined: Ball | None) -> str:
    if not hulls:
        return ""
    shape = "".join(hull([paper.disc(ball) for ball in balls]) for balls in hulls)
    fill = "" if colour == BODY else f' fill="{colour}"'
    if not halo:
        return f'<path d="{shape}"{fill}/>'
    around = f'<path d="{shape}" stroke-width="{2 * HALO}"/>'
    if joined:
        shape = hull([paper.disc(joined, HALO + 1)]) + shape
    return f'{around}<path d="{shape}"{fill}/>'


def _face(figure: Body, paper: Paper) -> str:
    seen = [ball for ball, towards in figure.face.marks if paper.camera.nearness(towards) > 0.22]
    if not seen:
        return ""
    return f'<path d="{"".join(hull([paper.disc(ball)]) for ball in seen)}" fill="{PAPER}"/>'


def _thing(thing: Thing, figure: Body, paper: Paper) -> str:
    return "".join(_shape(shape, paper) for shape in shapes_of(thing, figure.joints))


def _shape(shape: Shape, paper: Paper) -> str:
    match shape:
        case Box(low, high):
            return "".join(_faces(low, high, paper))
        case Round(balls, dark):
            colour = DARK if dark else SIDE
            outline = hull([paper.disc(ball) for ball in balls])
            return f'<path d="{outline}" fill="{colour}" stroke-width="6"/>'
        case Line(strokes, width, closed, dark):
            drawn = "".join(_lines(points, paper) + "Z" * closed for points in strokes)
            return (
                f'<path d="{drawn}" fill="none" stroke="{DARK if dark else SIDE}" '
                f'stroke-width="{round(width * paper.scale)}" '
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


def _arrow(arrow: arrows.Arrow, drawing: Drawing, paper: Paper) -> str:
    ending = drawing.end or drawing.start
    shaft, head = arrows.draw(arrows.way_of(arrow, drawing.start.joints, ending.joints, paper), arrow)
    return (
        f'<path d="{shaft}{head}" fill="none" stroke="{PAPER}" stroke-width="27" stroke-linejoin="round"/>'
        f'<path d="{shaft}" fill="none" stroke="{MOVED}" stroke-width="12" stroke-linecap="round"/>'
        f'<path d="{head}" fill="{MOVED}"/>'
    )


def _between(layout: Layout) -> str:
    """Return the mark that leads from the start to the end."""
    if len(layout.panels) < 2:
        return ""
    x, y = WIDTH / 2, HEIGHT / 2
    chevron = [(-4, -9), (4, 0), (-4, 9)] if layout.side_by_side else [(-9, -4), (0, 4), (9, -4)]
    first, *others = [(x + dx, y + dy) for dx, dy in chevron]
    mark = path(("M", first), *(("L", point) for point in others))
    return (
        f'<path d="{mark}" fill="none" stroke="{FAR}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>'
    )
