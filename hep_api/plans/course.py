"""The phases of a template or of a plan as one course, to be laid out from any first day, for anybody.

A course is a list of phases as a loaded body has them: {"name", "from_day", "note", "items": [{"exercise_id",
"prescription_id", "dose", "schedule", "progression", "course"}]}. It holds nothing of the patient that it was written
for. `course` counts from 0 which of the prescriptions of its exercise an item is, None where nobody said so.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hep_api.dosing.dose import Dose
from hep_api.dosing.progression import Progression
from hep_api.dosing.schedule import Schedule

Item = dict[str, Any]
Course = list[dict[str, Any]]


def course_of(content: Mapping[str, Any]) -> Course:
    """Return the course of a template's content."""
    return [{**phase, "items": [item_from_json(item) for item in phase["items"]]} for phase in content["phases"]]


def item_from_json(item: Mapping[str, Any]) -> Item:
    """Return an item as a loaded body has it, from how templates and drafts keep it."""
    exercise_id, prescription_id, progression = (
        item.get(name) for name in ("exercise_id", "prescription_id", "progression")
    )
    return {
        "exercise_id": UUID(exercise_id) if exercise_id else None,
        "prescription_id": UUID(prescription_id) if prescription_id else None,
        "dose": Dose.from_json(item["dose"]),
        "schedule": Schedule.from_json(item["schedule"]),
        "progression": Progression.from_json(progression) if progression else None,
        "course": item.get("course"),
    }
