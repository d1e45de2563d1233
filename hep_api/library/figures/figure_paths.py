"""The figure as SVG paths: which part lies before which, what is pale, what has the accent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from hep_api.library.figures import thing_paths
from hep_api.library.figures.body import SECTIONS, Body
from hep_api.library.figures.camera import Paper
from hep_api.library.figures.drawings import Drawing
from hep_api.library.figures.face import Mark
from hep_api.library.figures.limbs import Hulls
from hep_api.library.figures.outline import hull
from hep_api.library.figures.palette import BODY, FAR, MOVED, MOVED_FAR, PAPER
from hep_api.library.figures.shapes import Thing
from hep_api.library.figures.space import Ball

HALO = 5  # units of paper around each part, so that an arm shows before the trunk
FAR_OFF = 6.0  # centimetres behind the other arm or leg
COLOURS = {(False, False): BODY, (False, True): FAR, (True, False): MOVED, (True, True): MOVED_FAR}
OTHERS = {"right_arm": "left_arm", "left_arm": "right_arm", "right_leg": "left_leg", "left_leg": "right_leg"}


def paths_of(drawing: Drawing, paper: Paper, figure: Body, things: Sequence[Thing]) -> Iterator[str]:
    """Yield the parts from the farthest to the nearest, those of the far side paler, with the things between them."""
    depths = {name: _depth(hulls, paper) + drawing.order.get(name, 0) for name, hulls in figure.parts.items()}
    painted: set[str] = set()
    for name in sorted(depths, key=lambda part: (round(depths[part], 3), part)):
        yield from (thing_paths.path_of(thing, figure.joints, paper) for thing in things if thing.before == name)
        other = OTHERS.get(name, "")
        far = depths[name] < depths.get(other, -math.inf) - FAR_OFF
        moved = name in drawing.moves
        colour = COLOURS[moved, far and (not moved or other in drawing.moves)]
        # Paper around it, but not where it grows out of the trunk.
        root = figure.parts[name][0][0] if name in OTHERS and colour == BODY else None
        yield _part(_shown(figure.parts[name], paper), paper, colour, halo=colour in painted, joined=root)
        for section in sorted(drawing.moves & SECTIONS.keys()):
            if SECTIONS[section][0] == name:
                pieces = _shown(figure.parts[name][SECTIONS[section][1]], paper)
                yield _part(pieces, paper, MOVED, halo=False, joined=None)
        if name == "head":
            yield _face(figure, paper)
        painted.add(colour)


def _shown(hulls: Hulls, paper: Paper) -> Hulls:
    """Leave out what a close-up does not show."""
    return [balls for balls in hulls if paper.shows([paper.disc(ball) for ball in balls])]


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
    seen = [mark for mark in figure.face.marks if paper.camera.nearness(mark.towards) > 0.22]
    return _marks([mark for mark in seen if not mark.dark], paper, PAPER) + _marks(
        [mark for mark in seen if mark.dark], paper, BODY
    )


def _marks(marks: Sequence[Mark], paper: Paper, colour: str) -> str:
    if not marks:
        return ""
    shape = "".join(hull([paper.disc(ball) for ball in mark.balls]) for mark in marks)
    return f'<path d="{shape}" fill="{colour}"/>'
