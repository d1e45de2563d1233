"""A hand and its forearm, close up: five fingers with three joints each; several hands, each by its name.

The forearm comes from the left and the fingers point along x; the thumb side points up, the palm at the viewer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hep_api.library.figures.body import Body
from hep_api.library.figures.face import Face
from hep_api.library.figures.limbs import Hulls, Joints
from hep_api.library.figures.space import ORIGIN, Ball, Frame, Vec

FINGERS = ("index", "middle", "ring", "little")
# Where each finger begins on the palm (along, towards the thumb), how long its bones are, how thick it is.
BONES: dict[str, tuple[float, float, tuple[float, float, float], float]] = {
    "index": (9.2, 2.7, (4.2, 2.6, 2.0), 0.95),
    "middle": (9.6, 0.9, (4.7, 3.0, 2.1), 1.0),
    "ring": (9.2, -0.9, (4.3, 2.8, 2.0), 0.95),
    "little": (8.3, -2.6, (3.3, 2.0, 1.8), 0.8),
}

LOOSE, THUMB = Vec(12, 14, 8), Vec(35, 25, 20)


@dataclass(frozen=True, slots=True)
class Hand:
    """`roll` turns the forearm, thumb towards the viewer; `lift` bends the wrist back; fingers are bent by joint."""

    at: Vec = ORIGIN
    side: str = "right"
    turn: float = 0
    lean: float = 0
    roll: float = 0
    lift: float = 0
    sway: float = 0
    spread: float = 5
    fingers: Vec = LOOSE
    index: Vec | None = None
    middle: Vec | None = None
    ring: Vec | None = None
    little: Vec | None = None
    thumb: Vec = THUMB  # outwards from the index finger, before the palm, and the bend of its tip
    forearm: float = 24
    plain: bool = False  # in profile, where one finger hides the others


def build(raw: Mapping[str, Any]) -> Body:
    joints: Joints = {}
    parts: dict[str, Hulls] = {}
    for name, told in raw.items():
        some, places = _hand(_read(told))
        joints |= {f"{name}_{joint}": place for joint, place in places.items()}
        parts |= {f"{name}_{part}": hulls for part, hulls in some.items()}
    return Body(joints, parts, Face(()), 0)


def _read(raw: Mapping[str, Any]) -> Hand:
    if unknown := raw.keys() - {field.name for field in dataclasses.fields(Hand)}:
        raise ValueError(f"A hand has no {', '.join(sorted(unknown))}.")
    told: dict[str, Any] = {name: Vec(*value) if isinstance(value, list) else value for name, value in raw.items()}
    return Hand(**told)


def _hand(pose: Hand) -> tuple[dict[str, Hulls], Joints]:
    # In these frames the front is the palm's side, up is back along the arm and right is the side of the little finger.
    arm = Frame(Vec(0, 0, 1), Vec(-1, 0, 0), Vec(0, -1, 0))
    if pose.side == "left":
        arm = Frame(arm.front, arm.up, -arm.right)
    arm = _tipped(arm, pose)
    palm = arm.raised(-pose.lift).tilted(pose.sway)
    wrist = pose.at
    joints: Joints = {"wrist": wrist, "elbow": arm.at(wrist, up=pose.forearm), "palm": palm.at(wrist, 2, -6)}
    joints["grip_thumb"] = palm.at(wrist, 2.6, -7.4, -1)
    joints["hammer"] = palm.at(wrist, 2.6, -7.4, -15)
    joints["grip_little"] = palm.at(wrist, 2.6, -6.6, 1)
    joints["back"] = palm.at(wrist, -2, -6)
    knuckles = []
    parts: dict[str, Hulls] = {"fore": [[Ball(joints["elbow"], 4.3), Ball(wrist, 2.7)]]}
    for number, name in enumerate(FINGERS[: 1 if pose.plain else None]):
        along, aside, bones, thick = BONES[name]
        knuckle = palm.at(wrist, 0, -along, -aside)
        knuckles.append(Ball(knuckle, 1.25))
        bends = getattr(pose, name) or pose.fingers
        parts[name] = _digit(palm.tilted(pose.spread * (1.5 - number)), knuckle, bends, bones, thick)
        for joint, ball in zip(("bend", "near", "tip"), [row[1] for row in parts[name]], strict=True):
            joints[f"{name}_{joint}"] = ball.centre
        joints[f"{name}_knuckle"] = knuckle
    parts["thumb"] = _thumb(pose, palm, wrist)
    joints["thumb_tip"] = parts["thumb"][-1][1].centre
    heel = [Ball(palm.at(wrist, 0.4, -1.5, side), 2.1) for side in (-1.4, 1.4)]
    parts["palm"] = [[Ball(wrist, 2.7), *heel], [*heel, *knuckles]]
    return parts, joints


def _tipped(arm: Frame, pose: Hand) -> Frame:
    """Turn about the vertical by `turn`, raise the hand by `lean`, and roll the forearm about itself."""
    return arm.raised(pose.turn).tilted(pose.lean).turned(pose.roll)


def _digit(frame: Frame, knuckle: Vec, bends: Vec, bones: tuple[float, ...], thick: float) -> Hulls:
    hulls: Hulls = []
    place = knuckle
    for bend, length in zip((bends.x, bends.y, bends.z), bones, strict=True):
        frame = frame.raised(bend)
        end = place - frame.up * length
        hulls.append([Ball(place, thick), Ball(end, thick - 0.08)])
        place = end
    return hulls


def _thumb(pose: Hand, palm: Frame, wrist: Vec) -> Hulls:
    root = palm.at(wrist, 0.6, -2.4, -2.0)
    frame = palm.tilted(pose.thumb.x).raised(pose.thumb.y)
    first = root - frame.up * 4.4
    frame = frame.tilted(-pose.thumb.z * 0.6)
    second = first - frame.up * 3.4
    frame = frame.tilted(-pose.thumb.z)
    tip = second - frame.up * 2.6
    return [
        [Ball(root, 1.7), Ball(first, 1.25)],
        [Ball(first, 1.25), Ball(second, 1.1)],
        [Ball(second, 1.1), Ball(tip, 1)],
    ]
