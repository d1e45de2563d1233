"""Whatever happens in whatever order: after every step what is stored, and every figure, is what the second
implementation counts from the raw rows.

`HEP_TEST_LIVES=200 pytest tests/adherence/test_any_life.py` lives more lives, and longer ones.
"""

import os
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hep_api.adherence.measures import Measures
from hep_api.adherence.proving.days import count_days, sunday_of
from hep_api.adherence.proving.differences import differences_of
from hep_api.adherence.proving.keeping import today_of
from hep_api.adherence.proving.prescribing import versions_by_day
from hep_api.adherence.proving.records import events_of, plans_of
from hep_api.adherence.proving.reported import entries_that_hold
from hep_api.adherence.queries import figures
from hep_api.foundation import clock
from tests.adherence import proven as proving
from tests.adherence.living import Life
from tests.plans import making
from tests.world import Person, World

MANY = int(os.environ.get("HEP_TEST_LIVES", "0"))
# A year's end, a leap day, a clock set on and one set back are near.
BEGINNINGS = ("2025-12-20T10:00Z", "2028-02-20T10:00Z", "2026-03-20T10:00Z", "2026-10-15T10:00Z")
ASKED = {"from_on": None, "to_on": None, "window": None, "by": None}
RATIOS = ("completion", "dose", "active_days", "full_days", "relative_dose", "over_performance")
ONE_DAY = timedelta(days=1)
Row = dict[str, Any]
# The commoner ones several times.
HAPPENINGS = (
    *("the_patient_reports",) * 4,
    *("entries_are_corrected",) * 3,
    *("a_revision_is_published",) * 3,
    *("time_passes",) * 3,
    *("a_pause_is_changed", "a_plan_is_paused") * 2,
    *("a_plan_starts", "a_plan_is_ended", "a_phone_repeats_itself", "the_patient_moves", "an_instant_is_remembered"),
)


class AnyLife(RuleBasedStateMachine):
    """A patient with up to three plans; a step is one thing that someone does."""

    world: World
    lead: Person
    exercise_id: UUID

    def __init__(self) -> None:
        super().__init__()
        self.remembered: datetime | None = None
        self.horizon_at: datetime | None = None

    @initialize(random=st.integers(0, 2**32 - 1).map(Random), begin=st.sampled_from(BEGINNINGS))
    def begins(self, random: Random, begin: str) -> None:
        self.traveller = time_machine.travel(begin, tick=False)
        self.now = self.traveller.start()
        self.random = random
        self.life = Life(self.world, self.lead, self.exercise_id, random)
        self.life.start_plan()

    def teardown(self) -> None:
        self.traveller.stop()

    def some_plan(self) -> UUID:
        return self.random.choice(list(self.life.plans))

    @rule(what=st.sampled_from(HAPPENINGS))
    def happens(self, what: str) -> None:
        """One rule for all: Hypothesis leaves some rules out of a life, and a life without reports proves little."""
        getattr(self, what)()

    def a_plan_starts(self) -> None:
        if len(self.life.plans) < 3:
            self.life.start_plan()

    def a_revision_is_published(self) -> None:
        self.life.publish(self.some_plan())

    def a_plan_is_paused(self) -> None:
        self.life.pause(self.some_plan())

    def a_pause_is_changed(self) -> None:
        self.life.change_pause(self.some_plan())

    def a_plan_is_ended(self) -> None:
        self.life.end(self.some_plan())

    def the_patient_reports(self) -> None:
        self.life.report(self.random.randint(1, 12))

    def entries_are_corrected(self) -> None:
        self.life.correct()

    def a_phone_repeats_itself(self) -> None:
        self.life.repeat()

    def the_patient_moves(self) -> None:
        self.life.move_house()

    def time_passes(self) -> None:
        self.now.shift(timedelta(hours=self.random.randint(1, 24 * 9)))
        self.life.move_the_horizon()

    def an_instant_is_remembered(self) -> None:
        self.remembered = clock.now()
        self.now.shift(timedelta(seconds=1))

    @invariant()
    def what_is_stored_and_told_is_what_the_raw_rows_say(self) -> None:
        with self.life.transaction() as session:
            found = differences_of(session, self.lead.clinic_id, self.life.patient.member_id, clock.now())
            assert found == []
        self.compare_figures(None)
        if self.remembered is not None:
            self.compare_figures(self.remembered)

    def compare_figures(self, known_at: datetime | None) -> None:
        """Compare the patient's figures and one plan's, as known at an instant or now."""
        patient_id, viewer, now = self.life.patient.member_id, self.lead.viewer, clock.now()
        asked = {**ASKED, "as_known_on": known_at}
        with self.life.transaction() as session:
            told = figures.get_patient_figures_for(session, viewer, patient_id, asked, now)
            of_plan = figures.get_plan_figures_for(session, viewer, self.some_plan(), asked, now)
            plans = plans_of(session, self.lead.clinic_id, patient_id, known_at)
            events = events_of(session, self.lead.clinic_id, patient_id, known_at)
        today = today_of(known_at or now, self.life.zone, self.life.day_starts_at)
        counted = {each["id"]: _counted(each, events, today) for each in plans}
        assert told.last_closed_day == today - ONE_DAY
        everything = [each for days in counted.values() for each in days]
        _assert_streaks(told.streaks, everything, date.min, today - ONE_DAY, today)
        for window in told.windows:
            _assert_measured(window.total.measures, everything, today)
        if of_plan.plan_id in counted:
            whole, *trailing = of_plan.windows
            days = counted[of_plan.plan_id]
            first = whole.total.measures.window.first
            _assert_measured(whole.total.measures, [each for each in days if each[1] >= first], today)
            for window in trailing:
                _assert_measured(window.total.measures, days, today)


def _counted(
    plan: dict[str, Any], events: list[dict[str, Any]], today: date
) -> list[tuple[UUID, date, dict[str, Any]]]:
    """Count a plan to the end of this week."""
    holding, last = entries_that_hold(events), sunday_of(today)
    days = [revision["effective_on"] for revision in plan["revisions"]] + [each["performed_on"] for each in events]
    versions = versions_by_day(plan, last)
    held = {each for revision in plan["revisions"] for each in revision["items"]}
    return [
        (prescription, day, counts)
        for prescription in sorted(held)
        for day, counts in count_days(plan, versions, prescription, holding, min([last, *days]), last).items()
        if counts["expected"] or counts["completed"] or counts["entries"]
    ]


def _assert_measured(found: Measures, counted: Any, today: date) -> None:
    first, last = found.window.first, found.window.last
    told = proving.measures(counted, first, last)
    for name in RATIOS:
        ratio = getattr(found, name)
        assert (ratio.numerator, ratio.denominator) == told[name], name
    states = found.states
    assert (states.done, states.partial, states.not_recorded, states.expected, states.extra) == told["states"]
    assert {each.reason: each.occurrences for each in found.skips} == told["skip_reasons"]
    assert (found.as_needed.doings, found.as_needed.per_week) == told["as_needed"]
    assert (found.as_needed.days_over_maximum, found.entries) == (told["days_over_maximum"], told["entries"])
    for name in ("pain", "effort"):
        trend = getattr(found, name)
        assert (dict(trend.medians), trend.slope) == told[name], name
    _assert_streaks(found.streaks, counted, first, last, today if first <= last == today - ONE_DAY else None)


def _assert_streaks(found: Any, counted: Any, first: date, last: date, today: date | None) -> None:
    first = max(first, min((day for _, day, _ in counted), default=last))
    told = proving.streaks(counted, first, last, today)
    assert {name: (getattr(found, name).current, getattr(found, name).longest) for name in told} == told


def test_after_every_step_the_numbers_are_what_the_raw_rows_say(world: World) -> None:
    lead = world.practitioner(world.clinic())
    machine = type("ALife", (AnyLife,), {"world": world, "lead": lead, "exercise_id": making.exercise(lead)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=MANY or 4,
            stateful_step_count=60 if MANY else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Shrinking a long life takes longer than reading it.
            phases=[Phase.generate] if not MANY else [Phase.generate, Phase.shrink],
        ),
    )
