"""From a drawing to the text of an SVG: paper, things, figure, arrows, in the order of their distance.

Nothing in it can be run, fetched or pointed at, and it brings its own light background for dark pages.
"""

from __future__ import annotations

from html import escape

from hep_api.library.figures import arrows, figure_paths, thing_paths
from hep_api.library.figures.body import Body
from hep_api.library.figures.camera import Paper
from hep_api.library.figures.drawings import Drawing
from hep_api.library.figures.outline import path
from hep_api.library.figures.palette import FAR, INHERITED, MOVED, PAPER, TOP
from hep_api.library.figures.panels import HEIGHT, UNITS, WIDTH, Layout, Panel, lay_out
from hep_api.library.figures.space import Vec


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
            *(
                thing_paths.path_of(thing, figure.joints, paper)
                for thing in things
                if not (thing.front or thing.before)
            ),
            *figure_paths.paths_of(drawing, paper, figure, [thing for thing in things if thing.before]),
            *(thing_paths.path_of(thing, figure.joints, paper) for thing in things if thing.front),
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
