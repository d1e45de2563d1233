"""Eyes and mouth: they tell the front of a head from its back, and where the eyes look when that is what matters."""

from __future__ import annotations

from dataclasses import dataclass

from hep_api.library.figures.limbs import Joints, place_of
from hep_api.library.figures.pose import Pose
from hep_api.library.figures.space import ORIGIN, Ball, Frame, Vec

EYES = (3.8, -3.8)
WHITE, PUPIL, FARTHEST = 2.7, 1.35, 1.35  # centimetres: an eye that looks at something is drawn larger than life


@dataclass(frozen=True, slots=True)
class Mark:
    """Paper, or dark on it, where its side of the head looks at the viewer."""

    balls: tuple[Ball, ...]
    towards: Vec
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    marks: tuple[Mark, ...]


def face_of(pose: Pose, head: Frame, joints: Joints) -> Face:
    """Return the marks of a head that is turned as `head` says, the eyes on what the pose gazes at."""
    centre = joints["head"]
    marks: list[Mark] = []
    for side in EYES:
        towards = head.at(ORIGIN, 0.8, 0, side / 9.5)
        if pose.eyes == "shut":
            lid = [Ball(head.at(centre, 8.6, 0.6, side + way), 0.55) for way in (-2, 2)]
            marks.append(Mark(tuple(lid), towards))
        elif pose.gaze:
            eye = head.at(centre, 8.2, 1.4, side * 1.05)
            pupil = eye + _aside(place_of(pose.gaze, joints) - eye, head)
            marks += [Mark((Ball(eye, WHITE),), towards), Mark((Ball(pupil, PUPIL),), towards, dark=True)]
        else:
            marks.append(Mark((Ball(head.at(centre, 8.6, 1, side), 1.15),), towards))
    if pose.mouth or pose.jaw:
        size = {"open": 2.1, "pursed": 1.0}.get(pose.mouth, 1.1 + pose.jaw * 0.3)
        marks.append(Mark((Ball(head.at(centre, 7.6, -6 - pose.jaw * 0.5), size),), head.front))
    return Face(tuple(marks))


def _aside(way: Vec, head: Frame) -> Vec:
    """Return how far a pupil has rolled from the middle of its eye to look that way."""
    aside = way.unit() - head.front * way.unit().dot(head.front)
    return aside.unit() * min(aside.length() * 2.6, FARTHEST)
