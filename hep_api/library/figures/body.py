"""The whole figure, 170 cm tall: trunk and head here, the limbs hung on to them."""

from __future__ import annotations

from dataclasses import dataclass

from hep_api.library.figures import limbs
from hep_api.library.figures.face import Face, face_of
from hep_api.library.figures.limbs import Hulls, Joints
from hep_api.library.figures.pose import Pose
from hep_api.library.figures.space import Ball, Frame, Vec

PARTS = ("trunk", "head", "right_arm", "left_arm", "right_leg", "left_leg")
# Of a part that moves only in part: which of its pieces.
SECTIONS = {
    f"{side}_{section}": (f"{side}_{part}", pieces)
    for side in ("right", "left")
    for section, part, pieces in (
        ("thigh", "leg", slice(0, 1)),
        ("shin", "leg", slice(1, None)),
        ("foot", "leg", slice(2, None)),
        ("forearm", "arm", slice(1, None)),
        ("hand", "arm", slice(2, None)),
    )
} | {"hips": ("trunk", slice(0, 1)), "waist": ("trunk", slice(1, 2)), "shoulders": ("trunk", slice(2, 3))}


@dataclass(frozen=True, slots=True)
class Body:
    joints: Joints
    parts: dict[str, Hulls]
    face: Face
    missed: float

    def balls(self) -> list[Ball]:
        return [ball for hulls in self.parts.values() for hull in hulls for ball in hull]


def build(pose: Pose) -> Body:
    pelvis = Frame().turned(pose.turn).raised(-pose.lean).tilted(pose.tilt)
    waist_frame = _bent(pelvis, pose.spine * 0.5)
    chest = _bent(pelvis, pose.spine)
    waist = waist_frame.at(pelvis.at(pose.pelvis, up=8), up=16)
    ribs = chest.at(waist, up=14)
    nape = chest.at(ribs, up=14)
    joints: Joints = {"pelvis": pose.pelvis, "waist": waist, "ribs": ribs, "nape": nape}
    joints["belly"] = waist_frame.at(waist, 8, -6)
    joints["chest"] = chest.at(ribs, 9, 3)
    joints["tail"] = pelvis.at(pose.pelvis, -9.5, 2)
    joints["back"] = chest.at(ribs, -9, 2)
    head_frame = _bent(chest, pose.neck).raised(-pose.nod)
    head_hulls, head_joints = _head(pose, head_frame, _bent(chest, pose.neck).at(nape, up=9))
    joints |= head_joints
    hips = {"right": pelvis.at(pose.pelvis, right=9), "left": pelvis.at(pose.pelvis, right=-9)}
    shoulders = {"right": chest.at(nape, up=-5, right=17), "left": chest.at(nape, up=-5, right=-17)}
    parts: dict[str, Hulls] = {"head": head_hulls}
    missed = 0.0
    for side, told in (("right", pose.right_leg), ("left", pose.left_leg)):
        limb = limbs.leg(side, told, hips[side], pelvis, joints)
        joints |= limb.joints
        parts[f"{side}_leg"] = limb.hulls
        missed = max(missed, limb.missed)
    # An arm that holds the other's wrist or elbow comes after it.
    arms = [("right", pose.right_arm), ("left", pose.left_arm)]
    for side, hand in sorted(arms, key=lambda one: one[1].hand is not None):
        limb = limbs.arm(side, hand, shoulders[side], chest, joints)
        joints |= limb.joints
        parts[f"{side}_arm"] = limb.hulls
        missed = max(missed, limb.missed)
    parts["trunk"] = _trunk(joints, pelvis, waist_frame, chest)
    return Body(joints, {name: parts[name] for name in PARTS}, face_of(pose, head_frame, joints), missed)


def _bent(frame: Frame, by: Vec) -> Frame:
    """Bend forwards by x and to the right by y, and turn right by z."""
    return frame.turned(by.z).raised(-by.x).tilted(by.y)


def _trunk(joints: Joints, pelvis: Frame, waist: Frame, chest: Frame) -> Hulls:
    hips = [Ball(pelvis.at(joints["pelvis"], up=1, right=side), 9.3) for side in (8, -8)]
    middle = [Ball(waist.at(joints["waist"], up=-3, right=side), 8.2) for side in (6, -6)]
    ribs = [Ball(chest.at(joints["ribs"], up=-1, front=0.5, right=side), 9) for side in (6.5, -6.5)]
    top = [Ball(joints[f"{side}_shoulder"], 5.4) for side in ("right", "left")]
    return [
        [*hips, *middle],
        [*middle, *ribs],
        [*ribs, *top, Ball(joints["nape"], 5)],
        [Ball(joints["nape"], 4.6), Ball(joints["skull"], 4.6)],
    ]


def _head(pose: Pose, head: Frame, skull: Vec) -> tuple[Hulls, Joints]:
    centre = head.at(skull, 1.5, 7)
    chin = head.at(centre, 5 - pose.jaw * 0.4, -7 - pose.jaw)
    nose = head.at(centre, 10, -1.5)
    joints = {
        "skull": skull, "head": centre, "chin": chin, "nose": nose,
        "eyes": head.at(centre, 9, 1),
        "crown": head.at(centre, up=9.5),
        "occiput": head.at(centre, -9, 1),
        "right_temple": head.at(centre, 1, 2, 9.5),
        "left_temple": head.at(centre, 1, 2, -9.5),
        "mouth": head.at(centre, 8, -6.5),
    }  # fmt: skip
    hulls = [
        [Ball(centre, 9.6), Ball(chin, 4.4)],
        [Ball(head.at(centre, 6, 1), 3), Ball(nose, 1.6)],
    ]
    return hulls, joints
