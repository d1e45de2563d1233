"""Templates for the tests of the library and of plans."""

from typing import Any
from uuid import UUID

DOSE: dict[str, Any] = {"sets": 3, "reps": 10}
DAILY: dict[str, Any] = {"kind": "daily", "times_per_day": 1}
PROGRESSION: dict[str, Any] = {
    "after_days": 7,
    "completion_at_least": 0.8,
    "pain_under": 4,
    "next_dose": {"sets": 3, "reps": 12},
    "next_schedule": {"kind": "weekdays", "weekdays": ["mon", "fri"], "times_per_day": 1},
}


def an_item(exercise_id: UUID | str, **changes: Any) -> dict[str, Any]:
    return {"exercise_id": str(exercise_id), "dose": DOSE, "schedule": DAILY, **changes}


def a_phase(from_day: int, *items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": f"From day {from_day}", "from_day": from_day, "items": list(items), **changes}


def a_template(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a client sends for a template; phases each with at least one item."""
    return {
        "title": "Rotator cuff, after repair",
        "summary": "Early motion, then strength.",
        "body_region": "shoulder",
        "tags": ["post-op"],
        "goals": ["Reach a shelf."],
        "phases": list(phases),
        **changes,
    }
