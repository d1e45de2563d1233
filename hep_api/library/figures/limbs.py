"""Arms and legs: from a pose to the places of their joints, and to the balls that show them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hep_api.library.figures.pose import Arm, Leg, Place
from hep_api.library.figures.space import ORIGIN, UP, Ball, Frame, Vec, reach

THIGH, SHIN, SOLE = 42.0, 40.0, 8.0
UPPER_ARM, FOREARM, PALM = 28.0, 25.0, 7.0
HEEL, BALL, TOE = (-4.5, -4.8), (11.0, -5.6), 5.5

Joints = dict[str, Vec]
Hulls = list[list[Ball]]


@dataclass(frozen=True, slots=True)
class Limb:
    joints: Joints
    hulls: Hulls
    missed: float = 0  # centimetres between the place that was asked for and the limb's end


def place_of(place: Place, joints: Mapping[str, Vec]) -> Vec:
    name, way = place
    if name and name not in joints:
        raise ValueError(f"There is no joint named {name!r} to reach for.")
    return joints.get(name, ORIGIN) + way


def leg(side: str, pose: Leg, hip: Vec, pelvis: Frame, joints: Mapping[str, Vec]) -> Limb:
    outwards = 1 if side == "right" else -1
    heading = Frame(Vec(pelvis.right.z, 0, -pelvis.right.x).unit() if abs(pelvis.right.y) < 0.9 else pelvis.front)
    missed = 0.0
    if pose.foot is None:
        thigh = pelvis.tilted(-pose.out * outwards).raised(pose.hip).turned(-pose.turn * outwards)
        knee = hip - thigh.up * THIGH
        shin = thigh.raised(-pose.knee)
        ankle = knee - shin.up * SHIN
        foot = shin.raised(pose.ankle)
        toes_front = foot.front
        if pose.toes_to:
            toes_front = pose.toes_to.unit()
            foot = Frame(toes_front, shin.up.across(toes_front))
    else:
        sole = place_of(pose.foot, joints)
        toes_front = (pose.toes_to or heading.front).unit()
        foot = _on_the_ground(pose, toes_front)
        wanted = _ankle(pose, sole, toes_front, foot)
        bend = pose.knee_to or pelvis.front
        knee, ankle = reach(hip, wanted, (THIGH, SHIN), bend)
        missed = (wanted - ankle).length()
        if pose.toes_to and abs(toes_front.y) > 0.1 and not (pose.heel_up or pose.toes_up):
            foot = Frame(toes_front, (knee - ankle).across(toes_front))
    heel = foot.at(ankle, *HEEL)
    ball = foot.at(ankle, BALL[0] - pose.arch, BALL[1])
    lifted = toes_front if pose.heel_up else foot.front
    toe = ball + (lifted * math.cos(c := math.radians(pose.curl)) - foot.up * math.sin(c)) * TOE
    names = ("hip", "knee", "ankle", "heel", "ball", "toe")
    places = (hip, knee, ankle, heel, ball, toe)
    hulls = [
        [Ball(hip, 8.4), Ball(knee, 5.8)],
        [Ball(knee, 5.8), Ball(knee + (ankle - knee) * 0.3, 5.7), Ball(ankle, 3.7)],
        *_foot(pose, foot, ankle, heel, ball),
        [Ball(ball, 2.4), Ball(toe, 1.9)],
    ]
    return Limb({f"{side}_{name}": place for name, place in zip(names, places, strict=True)}, hulls, missed)


def _foot(pose: Leg, foot: Frame, ankle: Vec, heel: Vec, ball: Vec) -> Hulls:
    """Return a plain foot, or one with its arch lifted."""
    if not pose.arch:
        return [[Ball(ankle, 3.7), Ball(heel, 3.2), Ball(ball, 2.4)]]
    arch = foot.at(ankle, 4, -2.2 + pose.arch * 0.5)
    return [[Ball(ankle, 3.7), Ball(heel, 3.2), Ball(arch, 2.6)], [Ball(ankle, 3.7), Ball(arch, 2.6), Ball(ball, 2.4)]]


def _on_the_ground(pose: Leg, front: Vec) -> Frame:
    flat = Frame(front, UP.across(front) if abs(front.y) < 0.99 else Vec(-1, 0, 0))
    return flat.raised(pose.toes_up - pose.heel_up)


def _ankle(pose: Leg, sole: Vec, front: Vec, foot: Frame) -> Vec:
    """Return where the ankle goes when the foot, flat at `sole` before, rolls up over its ball or its heel."""
    flat = Frame(front, UP.across(front))
    if pose.heel_up:
        return foot.at(flat.at(sole, *BALL), -BALL[0], -BALL[1])
    if pose.toes_up:
        return foot.at(flat.at(sole, *HEEL), -HEEL[0], -HEEL[1])
    return sole


def arm(side: str, pose: Arm, shoulder: Vec, chest: Frame, joints: Mapping[str, Vec]) -> Limb:
    outwards = 1 if side == "right" else -1
    shoulder = chest.at(shoulder, pose.shrug.x, pose.shrug.y, pose.shrug.z * outwards)
    missed = 0.0
    if pose.hand is None:
        upper = chest.turned(-pose.across * outwards).tilted(-pose.out * outwards).raised(pose.shoulder)
        upper = upper.turned(-pose.turn * outwards)
        elbow = shoulder - upper.up * UPPER_ARM
        lower = upper.raised(pose.elbow)
        wrist = elbow - lower.up * FOREARM
        fingers = (pose.fingers_to or -lower.raised(pose.wrist).up).unit()
        palm = wrist + fingers * PALM
    else:
        palm = place_of(pose.hand, joints)
        bend = pose.elbow_to or chest.at(ORIGIN, -0.7, -0.5, 0.5 * outwards)
        if pose.fingers_to:
            fingers = pose.fingers_to.unit()
            elbow, wrist = reach(shoulder, palm - fingers * PALM, (UPPER_ARM, FOREARM), bend)
            missed = (palm - fingers * PALM - wrist).length()
        else:
            elbow, reached = reach(shoulder, palm, (UPPER_ARM, FOREARM + PALM), bend)
            missed = (palm - reached).length()
            fingers = (reached - elbow).unit()
            wrist = reached - fingers * PALM
        palm = wrist + fingers * PALM
    tip = palm + fingers * 7.5
    places = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hand": palm, "fingers": tip}
    hulls = [
        [Ball(shoulder, 5.2), Ball(elbow, 3.9)],
        [Ball(elbow, 3.9), Ball(wrist, 2.8)],
        [Ball(wrist, 2.8), Ball(palm, 3.2)],
        [Ball(palm, 3.2), Ball(tip, 1.8)],
    ]
    if pose.thumb_to:
        thumb = wrist + fingers * 3.5 + pose.thumb_to.unit() * 2
        hulls.append([Ball(thumb, 1.8), Ball(thumb + fingers * 2 + pose.thumb_to.unit() * 6, 1.4)])
    return Limb({f"{side}_{name}": place for name, place in places.items()}, hulls, missed)
