"""What a pose says: the angles of named joints, or the place that a hand or a foot goes to.

Angles are degrees from standing upright with the arms hanging: forwards, outwards and inwards count up. Places are
centimetres. A pose is a named one with what differs; what nobody says is as in standing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hep_api.library.figures.space import ORIGIN, Vec

POSES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "poses.json").read_text("utf-8"))
# The two ways to place a limb. Angles that are told anew take the place of a place and directions told before.
ANGLES = {"hip", "shoulder", "out", "across", "turn", "knee", "elbow"}
PLACES = {"foot", "knee_to", "toes_to", "heel_up", "toes_up", "hand", "elbow_to", "fingers_to"}

HIPS = Vec(0, 90, 0)  # of a figure that stands

Place = tuple[str, Vec]
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Leg:
    hip: float = 0
    out: float = 0
    turn: float = 0
    knee: float = 0
    ankle: float = 0
    foot: Place | None = None  # where the ankle goes; it is 8 above the sole
    knee_to: Vec | None = None
    toes_to: Vec | None = None
    heel_up: float = 0
    toes_up: float = 0
    curl: float = 0
    arch: float = 0


@dataclass(frozen=True, slots=True)
class Arm:
    shoulder: float = 0
    out: float = 0
    across: float = 0
    turn: float = 0
    elbow: float = 0
    wrist: float = 0
    hand: Place | None = None  # where the palm goes
    elbow_to: Vec | None = None
    fingers_to: Vec | None = None
    thumb_to: Vec | None = None
    shrug: Vec = ORIGIN


@dataclass(frozen=True, slots=True)
class Pose:
    """`pelvis` is the point between the hip joints; spine and neck bend forwards, to the right, and turn right."""

    pelvis: Vec = HIPS
    lean: float = 0
    tilt: float = 0
    turn: float = 0
    spine: Vec = ORIGIN
    neck: Vec = ORIGIN
    nod: float = 0
    jaw: float = 0
    mouth: str = ""
    eyes: str = ""
    gaze: Place | None = None  # what the eyes are on
    right_arm: Arm = Arm()
    left_arm: Arm = Arm()
    right_leg: Leg = Leg()
    left_leg: Leg = Leg()


def read_pose(raw: Mapping[str, Any]) -> Pose:
    """Return the pose of a named one and what differs from it; a name that nothing has is refused."""
    told = unfold(raw)
    limbs: dict[str, Any] = {
        name: _read(Leg if name.endswith("leg") else Arm, told.pop(name))
        for name in ("right_arm", "left_arm", "right_leg", "left_leg")
        if name in told
    }
    return _read(Pose, {**told, **limbs})


def unfold(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that a pose says, the named one below it included."""
    told = dict(raw)
    name = told.pop("pose", None)
    if name is None:
        return changed({}, told)
    if name not in POSES:
        raise ValueError(f"There is no pose named {name!r}.")
    return changed(unfold(POSES[name]), told)


def changed(pose: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pose with the changes, limb by limb; `arms` and `legs` stand for both sides."""
    if "pose" in changes:
        return unfold(changes)
    result = dict(pose)
    for name, value in _both_sides(changes).items():
        if isinstance(value, Mapping):
            limb = {k: v for k, v in result.get(name, {}).items() if k not in _replaced(value)}
            result[name] = {**limb, **value}
        else:
            result[name] = value
    return result


def _both_sides(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Spell out `arms` and `legs`; places and directions are given for the right and mirrored for the left."""
    spelled: dict[str, Any] = {}
    for both, one in (("arms", "arm"), ("legs", "leg")):
        if both in changes:
            spelled[f"right_{one}"] = dict(changes[both])
            spelled[f"left_{one}"] = {name: _mirrored(value) for name, value in changes[both].items()}
    for name, value in changes.items():
        if name not in ("arms", "legs"):
            spelled[name] = {**spelled.get(name, {}), **value} if isinstance(value, Mapping) else value
    return spelled


def _mirrored(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if isinstance(value[0], str):
        swapped = value[0].replace("right_", "left_") if "right_" in value[0] else value[0].replace("left_", "right_")
        return [swapped, *value[1:3], -value[3]] if len(value) == 4 else [swapped, *value[1:]]
    return [*value[:2], -value[2]] if len(value) == 3 else value


def _replaced(limb: Mapping[str, Any]) -> set[str]:
    return PLACES - limb.keys() if ANGLES & limb.keys() else set()


def _read(kind: type[Part], raw: Mapping[str, Any]) -> Part:
    fields = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := raw.keys() - fields:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}.")
    return kind(**{name: _value(name, value) for name, value in raw.items()})


def _value(name: str, value: Any) -> Any:
    if name in ("foot", "hand", "gaze"):
        return read_place(value)
    return Vec(*value) if isinstance(value, list) else value


def read_place(value: Any) -> Place | None:
    """Return a joint and the way from it: `["head", 0, 5, 0]`; a bare point is seen from the origin."""
    if value is None:
        return None
    if isinstance(value, str):
        return value, ORIGIN
    if isinstance(value[0], str):
        return value[0], Vec(*value[1:]) if len(value) > 1 else ORIGIN
    return "", Vec(*value)
