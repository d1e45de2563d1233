"""The fixed words by which exercises are described and filtered: regions, joints, goals, positions, equipment.

Free words belong into tags and synonyms. A new word here is a new value in openapi.yaml, so clients learn of it.
"""

from enum import StrEnum

# What a filter by equipment says for exercises that need none; it is no equipment, so it stands in no list of it.
NOTHING_NEEDED = "none"


class Scope(StrEnum):
    """Who sees an exercise: all clinics, one clinic's staff, or only its author."""

    STARTER = "starter"
    CLINIC = "clinic"
    DRAFT = "draft"


class BodyRegion(StrEnum):
    """Where on the shelf an exercise stands: each has one region. `back` includes the trunk."""

    NECK = "neck"
    SHOULDER = "shoulder"
    ELBOW_WRIST_HAND = "elbow_wrist_hand"
    BACK = "back"
    PELVIC_FLOOR = "pelvic_floor"
    HIP = "hip"
    KNEE = "knee"
    ANKLE_FOOT = "ankle_foot"
    BALANCE = "balance"
    VESTIBULAR = "vestibular"
    BREATHING = "breathing"
    WHOLE_BODY = "whole_body"


class Joint(StrEnum):
    """What moves or is loaded."""

    JAW = "jaw"
    CERVICAL_SPINE = "cervical_spine"
    THORACIC_SPINE = "thoracic_spine"
    LUMBAR_SPINE = "lumbar_spine"
    RIB_CAGE = "rib_cage"
    SCAPULA = "scapula"
    SHOULDER = "shoulder"
    ELBOW = "elbow"
    FOREARM = "forearm"
    WRIST = "wrist"
    FINGERS = "fingers"
    THUMB = "thumb"
    PELVIS = "pelvis"
    HIP = "hip"
    KNEE = "knee"
    ANKLE = "ankle"
    FOOT = "foot"
    TOES = "toes"


class Goal(StrEnum):
    """What an exercise is good for."""

    MOBILITY = "mobility"
    FLEXIBILITY = "flexibility"
    STRENGTH = "strength"
    POWER = "power"
    ENDURANCE = "endurance"
    BALANCE = "balance"
    MOTOR_CONTROL = "motor_control"
    POSTURE = "posture"
    PAIN_RELIEF = "pain_relief"
    CIRCULATION = "circulation"
    BREATHING = "breathing"
    RELAXATION = "relaxation"


class Position(StrEnum):
    """The position of the body at the start."""

    STANDING = "standing"
    SITTING = "sitting"
    SUPINE = "supine"
    PRONE = "prone"
    SIDE_LYING = "side_lying"
    KNEELING = "kneeling"
    HALF_KNEELING = "half_kneeling"
    QUADRUPED = "quadruped"


class Equipment(StrEnum):
    """What must be at hand, furniture included; an exercise that needs nothing names nothing."""

    ANKLE_WEIGHT = "ankle_weight"
    BALL = "ball"
    BAND = "band"
    BARBELL = "barbell"
    BED = "bed"
    CABLE_MACHINE = "cable_machine"
    CARD = "card"
    CHAIR = "chair"
    DOORWAY = "doorway"
    EXERCISE_BALL = "exercise_ball"
    EXERCISE_BIKE = "exercise_bike"
    FOAM_PAD = "foam_pad"
    FOAM_ROLLER = "foam_roller"
    GYM_MACHINE = "gym_machine"
    KETTLEBELL = "kettlebell"
    LOOP_BAND = "loop_band"
    MAT = "mat"
    MEDICINE_BALL = "medicine_ball"
    OTHER = "other"
    PILLOW = "pillow"
    RUBBER_BAND = "rubber_band"
    SOFT_BALL = "soft_ball"
    STAIRS = "stairs"
    STEP = "step"
    STICK = "stick"
    STRAP = "strap"
    TABLE = "table"
    TOWEL = "towel"
    WALL = "wall"
    WEIGHT = "weight"


class Difficulty(StrEnum):
    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"


class LinkKind(StrEnum):
    """How one exercise points to another; the easier one points to the harder one."""

    HARDER = "harder"
    ALTERNATIVE = "alternative"
