"""What an exercise suggests is taken by a prescription as it is: the library judges as the plans above it do."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from hep_api.library.schemas.dosage import SuggestedDoseIn, SuggestedScheduleIn
from hep_api.plans.dose import Dose
from hep_api.plans.schedule import Schedule
from hep_api.plans.schemas.dosing import DoseIn, ScheduleIn

AMOUNTS = st.sampled_from([None, 0, 1, 7, 12, 50, 51, 1000, 1001, 86_400, 86_401])
LOADS = st.none() | st.fixed_dictionaries(
    {"unit": st.sampled_from(["kg", "lb", "band", "stone"])},
    optional={"value": st.sampled_from([None, 0, 2.5, 1000, 1001]), "colour": st.sampled_from([None, "", "red"])},
)
DOSES = st.fixed_dictionaries(
    {"sets": st.sampled_from([1, 3, 50, 51])},
    optional={
        "reps": AMOUNTS,
        "hold_seconds": AMOUNTS,
        "duration_seconds": AMOUNTS,
        "sides": st.sampled_from([1, 2, 3]),
        "rest_seconds": AMOUNTS,
        "load": LOADS,
        "note": st.sampled_from(["", "Slowly."]),
    },
)
COUNTS = st.sampled_from([None, 0, 1, 2, 7, 8, 12, 13, 14, 15, 100, 101])
SCHEDULES = st.fixed_dictionaries(
    {"kind": st.sampled_from(["daily", "weekdays", "every_n_days", "weekly_quota", "as_needed", "never"])},
    optional={
        "times_per_day": COUNTS,
        "weekdays": st.lists(st.sampled_from(["mon", "wed", "sun", "someday"]), max_size=3),
        "every_n_days": COUNTS,
        "times_per_week": COUNTS,
        "max_per_day": COUNTS,
    },
)


@settings(max_examples=400)
@given(DOSES)
def test_a_dose_is_suggested_if_and_only_if_it_can_be_prescribed(data: dict[str, Any]) -> None:
    suggested, prescribed = loaded(SuggestedDoseIn(), data), loaded(DoseIn(), data)
    assert (suggested is None) == (prescribed is None)
    if suggested is not None:
        assert Dose.from_json(suggested) == prescribed
        assert suggested == prescribed.to_json()


@settings(max_examples=400)
@given(SCHEDULES)
def test_a_schedule_is_suggested_if_and_only_if_it_can_be_prescribed(data: dict[str, Any]) -> None:
    suggested, prescribed = loaded(SuggestedScheduleIn(), data), loaded(ScheduleIn(), data)
    assert (suggested is None) == (prescribed is None)
    if suggested is not None:
        assert Schedule.from_json(suggested) == prescribed
        assert suggested == prescribed.to_json()


def loaded(schema: Schema, data: dict[str, Any]) -> Any:
    try:
        return schema.load(data)
    except ValidationError:
        return None
