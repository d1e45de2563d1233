"""Which progressions make sense, and that what is stored is what was said."""

from typing import Any

import pytest
from marshmallow import ValidationError

from hep_api.dosing.dose import Dose
from hep_api.dosing.progression import Progression
from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.dosing.schemas import ProgressionIn, ProgressionOut

SAID: dict[str, Any] = {
    "after_days": 7,
    "completion_at_least": 0.8,
    "pain_under": 4,
    "next_dose": {"sets": 3, "reps": 12},
}


def test_what_is_stored_reads_back_and_out_as_it_was_said() -> None:
    loaded = ProgressionIn().load(SAID)
    assert Progression.from_json(loaded.to_json()) == loaded
    told = ProgressionOut().dump(loaded.to_json())
    assert {name: told[name] for name in ("after_days", "completion_at_least", "pain_under")} == {
        name: SAID[name] for name in ("after_days", "completion_at_least", "pain_under")
    }
    assert (told["next_dose"]["sets"], told["next_dose"]["reps"]) == (3, 12)
    # What says nothing of the schedule is stored as before there was one.
    assert "next_schedule" not in loaded.to_json()
    rarer = {"kind": "weekdays", "weekdays": ["mon", "fri"], "times_per_day": 1}
    both = ProgressionIn().load({**SAID, "next_schedule": rarer})
    assert Progression.from_json(both.to_json()) == both
    assert ProgressionOut().dump(both.to_json())["next_schedule"] == rarer


def test_a_rule_has_to_lead_to_another_dose_or_schedule() -> None:
    dose, daily, rarer = (
        Dose(3, 12),
        Schedule(ScheduleKind.DAILY, 1),
        Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=3),
    )

    def why(schedule: Schedule, next_schedule: Schedule | None, now: Dose = dose) -> str | None:
        found = Progression(7, 0.8, dose, next_schedule=next_schedule).why_aimless(now, schedule)
        return None if found is None else found[1]

    assert [why(daily, None), why(daily, daily), why(daily, rarer)] == ["same_as_dose", "same_as_dose", None]
    assert [why(daily, None, Dose(3, 10)), why(daily, daily, Dose(3, 10))] == [None, None]
    assert why(Schedule(ScheduleKind.AS_NEEDED), rarer) == "as_needed"


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"after_days": 0}, "after_days", "range"),
        ({"after_days": 366}, "after_days", "range"),
        ({"completion_at_least": 1.01}, "completion_at_least", "range"),
        ({"completion_at_least": -0.1}, "completion_at_least", "range"),
        ({"pain_under": 0}, "pain_under", "range"),
        ({"pain_under": 11}, "pain_under", "range"),
        ({"apply": True}, "apply", "unknown"),
    ],
)
def test_a_progression_that_makes_no_sense_is_refused(change: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ProgressionIn().load({**SAID, **change})
    message = refusal.value.messages_dict[field][0]
    assert getattr(message, "rule", "unknown") == rule


def test_dose_and_schedule_within_a_progression_are_judged_as_any_other() -> None:
    with pytest.raises(ValidationError) as refusal:
        ProgressionIn().load({**SAID, "next_dose": {"sets": 3}})
    assert list(refusal.value.messages_dict["next_dose"]) == ["reps"]
    with pytest.raises(ValidationError) as refusal:
        ProgressionIn().load({**SAID, "next_schedule": {"kind": "daily"}})
    assert list(refusal.value.messages_dict["next_schedule"]) == ["times_per_day"]
