"""What is stored is sent as it is, so it must have the shape that the API documents, field for field."""

from typing import Any

import pytest
from marshmallow import Schema

from hep_api.dosing.dose import Dose, Load, LoadUnit
from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.dosing.schemas import DoseIn, DoseOut, ScheduleIn, ScheduleOut
from hep_api.plans.schemas.exercises import PrescribedExerciseOut
from tests.plans import making
from tests.plans.conftest import Scene
from tests.plans.shapes import SCHEDULES

DOSES = [
    Dose(sets=3, reps=10, hold_seconds=5, sides=2, rest_seconds=30, load=Load(LoadUnit.KG, 2.5), note="Slowly."),
    Dose(sets=1, duration_seconds=600, load=Load(LoadUnit.BAND, colour="red")),
    Dose(sets=2, hold_seconds=30),
]


def names(schema: Schema) -> set[str]:
    return {field.data_key or name for name, field in schema.fields.items()}


@pytest.mark.parametrize("dose", DOSES)
def test_a_dose_goes_in_and_out_as_it_is_stored(dose: Dose) -> None:
    stored = dose.to_json()
    assert DoseOut().dump(dose) == stored
    assert DoseIn().load(stored) == dose
    assert stored.keys() == names(DoseOut())


@pytest.mark.parametrize("schedule", [*SCHEDULES, Schedule(ScheduleKind.AS_NEEDED)])
def test_a_schedule_goes_in_and_comes_out_as_it_is_stored(schedule: Schedule) -> None:
    stored = schedule.to_json()
    assert ScheduleIn().load(stored) == schedule
    assert ScheduleOut().dump(stored) == stored
    assert stored.keys() <= names(ScheduleOut())


def test_a_prescribed_exercise_is_stored_as_it_is_documented(scene: Scene) -> None:
    content: dict[str, Any] = {
        "cues": ["Slowly."],
        "mistakes": ["Rushing."],
        "precautions": ["Stop at pain."],
        "contraindications": ["Fresh fracture."],
        "equipment": ["chair"],
        "position": "sitting",
    }
    squats = [making.exercise(scene.lead), making.exercise(scene.lead, **content)]
    making.publish(scene.plan(), *[making.new_item(each) for each in squats])
    for item in scene.due():
        assert item["exercise"].keys() == names(PrescribedExerciseOut())
        assert PrescribedExerciseOut().dump(item["exercise"]) == item["exercise"]
    assert {name: scene.due()[1]["exercise"][name] for name in content} == content
