"""Which progressions make sense, and that what is stored is what was said."""

from typing import Any

import pytest
from marshmallow import ValidationError

from hep_api.dosing.progression import Progression
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


def test_a_dose_within_a_progression_is_judged_as_any_other() -> None:
    with pytest.raises(ValidationError) as refusal:
        ProgressionIn().load({**SAID, "next_dose": {"sets": 3}})
    assert list(refusal.value.messages_dict["next_dose"]) == ["reps"]
