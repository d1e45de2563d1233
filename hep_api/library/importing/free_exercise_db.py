"""The format of free-exercise-db (github.com/yuhonas/free-exercise-db), and what its words mean in ours.

It is gym data: no sides, doses or precautions. What it does not say stays empty, apart from what a name says plainly.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from hep_api.foundation.languages import FALLBACK
from hep_api.foundation.web.fields import Several, Text, one_of
from hep_api.foundation.web.refusals import problem_from
from hep_api.library.importing.problems import Collected
from hep_api.library.vocabulary import BodyRegion, Difficulty, Equipment, Goal, Position

SOURCE = "free-exercise-db"
LICENCE = "Unlicense"

REGION_OF_MUSCLE = {
    "abdominals": BodyRegion.BACK,
    "abductors": BodyRegion.HIP,
    "adductors": BodyRegion.HIP,
    "biceps": BodyRegion.ELBOW_WRIST_HAND,
    "calves": BodyRegion.ANKLE_FOOT,
    "chest": BodyRegion.SHOULDER,
    "forearms": BodyRegion.ELBOW_WRIST_HAND,
    "glutes": BodyRegion.HIP,
    "hamstrings": BodyRegion.KNEE,
    "lats": BodyRegion.SHOULDER,
    "lower back": BodyRegion.BACK,
    "middle back": BodyRegion.BACK,
    "neck": BodyRegion.NECK,
    "quadriceps": BodyRegion.KNEE,
    "shoulders": BodyRegion.SHOULDER,
    "traps": BodyRegion.SHOULDER,
    "triceps": BodyRegion.ELBOW_WRIST_HAND,
}
EQUIPMENT = {
    "bands": Equipment.BAND,
    "barbell": Equipment.BARBELL,
    "body only": None,
    "cable": Equipment.CABLE_MACHINE,
    "dumbbell": Equipment.WEIGHT,
    "e-z curl bar": Equipment.BARBELL,
    "exercise ball": Equipment.EXERCISE_BALL,
    "foam roll": Equipment.FOAM_ROLLER,
    "kettlebells": Equipment.KETTLEBELL,
    "machine": Equipment.GYM_MACHINE,
    "medicine ball": Equipment.MEDICINE_BALL,
    "other": Equipment.OTHER,
}
DIFFICULTY = {"beginner": Difficulty.EASY, "intermediate": Difficulty.MODERATE, "expert": Difficulty.HARD}
GOAL = {
    "cardio": Goal.ENDURANCE,
    "olympic weightlifting": Goal.POWER,
    "plyometrics": Goal.POWER,
    "powerlifting": Goal.STRENGTH,
    "strength": Goal.STRENGTH,
    "stretching": Goal.FLEXIBILITY,
    "strongman": Goal.STRENGTH,
}
POSITION = {
    "standing": Position.STANDING,
    "seated": Position.SITTING,
    "sitting": Position.SITTING,
    "kneeling": Position.KNEELING,
    "prone": Position.PRONE,
    "supine": Position.SUPINE,
}
ONE_SIDE_AT_A_TIME = re.compile(r"\b(one|single)[ -](arm|hand|leg)", re.IGNORECASE)


def _word_of(meanings: Mapping[str, object], **options: Any) -> fields.String:
    return fields.String(validate=one_of(list(meanings)), **options)


class FreeExerciseIn(Schema):
    """One entry of a file; what we have no use for (force, mechanic, images) is passed over."""

    class Meta:
        unknown = EXCLUDE

    id = Text(most=120, required=True)
    name = Text(most=120, required=True)
    level = _word_of(DIFFICULTY, required=True)
    equipment = _word_of(EQUIPMENT, required=True, allow_none=True)
    primaryMuscles = Several(_word_of(REGION_OF_MUSCLE), least=1, most=17, required=True)  # noqa: N815 - the format's name
    secondaryMuscles = Several(_word_of(REGION_OF_MUSCLE), most=17, required=True)  # noqa: N815 - the same
    instructions = Several(Text(least=0, most=2000, lines=True), most=50, required=True)
    category = _word_of(GOAL, required=True)


def exercises_of(parsed: Any) -> list[Any] | None:
    """Return the entries of a file; None when it is no file of this format."""
    return parsed if isinstance(parsed, list) else None


def collect(entries: Sequence[Any]) -> Collected:
    """Return the entries in our words; a wrong one is noted and holds up no other."""
    found = Collected(read=len(entries))
    for number, entry in enumerate(entries, start=1):
        try:
            loaded = FreeExerciseIn().load(entry)
        except ValidationError as error:
            found.refuse(number, entry, problem_from(error).errors)
            continue
        found.take(number, loaded["id"], translate(loaded))
    return found


def translate(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's content in our words; the muscles, which we have no field for, become tags."""
    muscles = [*entry["primaryMuscles"], *entry["secondaryMuscles"]]
    tool = entry["equipment"] and EQUIPMENT[entry["equipment"]]
    is_cardio = entry["category"] == "cardio"
    return {
        "name": entry["name"],
        "summary": "",
        "steps": [step for step in (" ".join(text.split()) for text in entry["instructions"]) if step],
        "cues": [],
        "mistakes": [],
        "precautions": [],
        "contraindications": [],
        "body_region": BodyRegion.WHOLE_BODY if is_cardio else REGION_OF_MUSCLE[entry["primaryMuscles"][0]],
        "joints": [],
        "goals": [GOAL[entry["category"]]],
        "position": _position(entry["name"]),
        "equipment": [tool] if tool else [],
        "sides": 2 if ONE_SIDE_AT_A_TIME.search(entry["name"]) else 1,
        "difficulty": DIFFICULTY[entry["level"]],
        "default_dose": None,
        "default_schedule": None,
        "tags": [tag.replace(" ", "_") for tag in dict.fromkeys((entry["category"], *muscles))],
        "synonyms": [],
        "language": FALLBACK,
        "author": "",
        "source_url": None,
        "translations": {},
        "licence": LICENCE,
    }


def _position(name: str) -> Position | None:
    named = (POSITION.get(word) for word in re.findall(r"[a-z]+", name.lower()))
    return next((position for position in named if position), None)
