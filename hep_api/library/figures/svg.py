"""From a drawing to the text of an SVG: paper, things, figure, arrows, in the order of their distance.

Nothing in it can be run, fetched or pointed at, and it brings its own light background for dark pages.
"""

from __future__ import annotations

from html import escape

from hep_api.library.figures import arrows, figure_paths, steps, thing_paths
from hep_api.library.figures.body import Body
from hep_api.library.figures.camera import Paper
from hep_api.library.figures.drawings import Drawing
from hep_api.library.figures.outline import path
from hep_api.library.figures.palette import INHERITED, MOVED, PAPER, TOP
from hep_api.library.figures.panels import HEIGHT, UNITS, WIDTH, Layout, lay_out
from hep_api.library.figures.space import Vec


def render(name: str, drawing: Drawing) -> str:
    """Return the SVG of an exercise's drawing; `name` is the exercise's, in the reader's language."""
    layout = lay_out(drawing)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{escape(name)}</title><desc>{escape(name)}: {_told(layout)}.</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="{PAPER}"/>',
            *(_panel(drawing, layout, step) for step in range(len(layout.panels))),
            steps.pencil("".join(_between(layout, step) for step in range(len(layout.panels) - 1))),
            steps.numbers(layout.panels),
            "</svg>\n",
        ]
    )


def _told(layout: Layout) -> str:
    many = len(layout.panels)
    if many == 1:
        return "the position to hold"
    if many > 2:
        return f"{many} steps, numbered"
    return "the start on the left, the end on the right" if layout.columns > 1 else "the start above, the end below"


def _panel(drawing: Drawing, layout: Layout, step: int) -> str:
    panel, figure = layout.panels[step], drawing.figures[step]
    left, top, width, height = (f"{side:g}" for side in (panel.left, panel.top, panel.width, panel.height))
    inside = f"0 0 {panel.width * UNITS:g} {panel.height * UNITS:g}"
    paper = layout.paper
    now = drawing.moments(step)
    things = [thing for thing in drawing.things if not thing.only or now & set(thing.only.split())]
    shown = [arrow for arrow in drawing.arrows if arrow.only == "both" or arrow.only in now]
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
    shaft, head = arrows.draw(arrows.way_of(arrow, *drawing.ways(arrow), paper), arrow)
    return (
        f'<path d="{shaft}{head}" fill="none" stroke="{PAPER}" stroke-width="27" stroke-linejoin="round"/>'
        f'<path d="{shaft}" fill="none" stroke="{MOVED}" stroke-width="12" stroke-linecap="round"/>'
        f'<path d="{head}" fill="{MOVED}"/>'
    )


def _between(layout: Layout, step: int) -> str:
    """Return the mark that leads from one step to the next in the row, or below it when there is one column."""
    one, other = layout.panels[step], layout.panels[step + 1]
    if other.left > one.left:
        x, y = (one.left + one.width + other.left) / 2, one.top + one.height / 2
        chevron = [(-4, -9), (4, 0), (-4, 9)]
    elif layout.columns == 1:
        x, y = WIDTH / 2, (one.top + one.height + other.top) / 2
        chevron = [(-9, -4), (0, 4), (9, -4)]
    else:
        return ""
    first, *others = [(x + dx, y + dy) for dx, dy in chevron]
    return path(("M", first), *(("L", point) for point in others))
