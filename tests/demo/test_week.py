"""The story's week, worked out by hand, is what the rules make of it, on whatever weekday the story is played."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from demo import week
from demo.week import BAD_ENTRY, PLAN, Expected
from hep_api.adherence import reading
from hep_api.adherence.counting import DayCount, count_week
from hep_api.adherence.measures import measure
from hep_api.adherence.reports import Report
from hep_api.adherence.windows import Window
from hep_api.foundation.errors import FieldError
from hep_api.foundation.identifiers import new_id
from hep_api.plans.occurrences import PlanTerms, expected_on
from hep_api.plans.schemas.plans import RevisionItemIn
from hep_api.plans.timeline import Item, RevisionContent, VersionInForce, cut_timeline

SOME_MONDAY = date(2026, 11, 16)
IDS = [new_id() for _ in PLAN]


@pytest.fixture(params=range(7), ids=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
def today(request: pytest.FixtureRequest) -> date:
    return SOME_MONDAY + timedelta(days=request.param)


def plan_from(monday: date) -> list[VersionInForce]:
    items = {}
    for identifier, prescribed in zip(IDS, PLAN, strict=True):
        sent = {"exercise_id": str(identifier), "dose": prescribed.dose, "schedule": prescribed.schedule}
        item = RevisionItemIn().load(sent)
        items[identifier] = Item(item["dose"], item["schedule"])
    versions = cut_timeline([RevisionContent(1, monday, items)])
    return sorted(versions, key=lambda version: IDS.index(version.prescription_id))


def reports(monday: date) -> list[Report]:
    """Return what the server reads of the batch; the bad item is no report."""
    batch = week.batch(new_id(), [str(each) for each in IDS], 1, monday, "Europe/London")
    read = [reading.read_item(item) for item in batch]
    assert len(read) == Expected.ITEMS
    bad = read[week.BAD_AT]
    assert isinstance(bad, FieldError)
    assert bad.field == "/pain"
    return [each for each in read if isinstance(each, Report)]


def counts(monday: date) -> Iterator[DayCount]:
    events = [report.event(late=False) for report in reports(monday)]
    for version in plan_from(monday):
        own = [event for event in events if event.prescription_id == version.prescription_id]
        named = {1: Item(version.dose, version.schedule)}
        yield from count_week([version], PlanTerms(monday), monday, own, named)


def test_the_figures_by_hand_are_those_of_the_rules(today: date) -> None:
    monday = week.monday_of_last_whole_week(today)
    assert monday.weekday() == 0
    assert timedelta(days=7) <= today - monday < timedelta(days=14)
    found = measure(counts(monday), Window(monday, monday + timedelta(days=6)))
    assert found.completion.numerator == Expected.COMPLETED
    assert found.completion.denominator == Expected.EXPECTED
    assert found.dose.numerator == Expected.CREDITED
    assert found.relative_dose.numerator == Expected.VOLUME
    assert found.over_performance.numerator == Expected.EXTRA
    assert found.active_days.numerator == Expected.ACTIVE_DAYS
    assert found.full_days.numerator == Expected.FULL_DAYS
    assert {name: getattr(found.states, name) for name in Expected.STATES} == Expected.STATES
    assert found.as_needed.days_over_maximum == Expected.AS_NEEDED["days_over_maximum"]


def test_the_parts_of_the_story_add_up_among_themselves() -> None:
    assert len(week.ENTRIES) == Expected.APPLIED == Expected.ITEMS - 1
    assert BAD_ENTRY not in week.ENTRIES
    assert sum(Expected.STATES.values()) == Expected.EXPECTED
    assert sum(Expected.SKIP_REASONS.values()) == Expected.STATES["skipped"]
    assert Fraction(8, 35) * 2 == Expected.PAIN_SLOPE


def test_what_is_due_today_is_what_the_rules_say(today: date) -> None:
    monday = week.monday_of_last_whole_week(today)
    due = [
        place
        for place, version in enumerate(plan_from(monday), start=1)
        if expected_on(version, PlanTerms(monday), today) > 0
    ]
    assert week.due_on(today, monday) == due


def test_ids_of_a_story_are_its_own() -> None:
    prescriptions = [str(each) for each in IDS]
    first, second = (week.batch(new_id(), prescriptions, 1, SOME_MONDAY, "UTC") for _ in range(2))
    assert len({UUID(item["id"]) for item in [*first, *second]}) == 2 * Expected.ITEMS
