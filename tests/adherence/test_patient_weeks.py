"""The weeks by which groups are read: sums of the stored days, whatever happened in whatever order."""

import importlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import time_machine
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from sqlalchemy import select, text

from hep_api.adherence.counting import DayCount
from hep_api.adherence.measures import measure
from hep_api.adherence.models.weeks import PatientWeek
from hep_api.adherence.trends import Trend
from hep_api.adherence.windows import Window
from tests.adherence import journeys
from tests.adherence.conftest import Scene, correction, event
from tests.adherence.journeys import NOW
from tests.world import Person, World

MIGRATIONS = ("0026_patient_weeks", "0031_pain_and_effort_of_weeks")


def stored_weeks(world: World, patient: Person) -> dict[date, Any]:
    with world.transaction() as session:
        rows = session.execute(select(PatientWeek.__table__).where(PatientWeek.patient_id == patient.member_id))
        return {row.monday: row for row in rows}


def part_of(row: Any, first: int, last: int) -> dict[str, Any]:
    """What a stored week says of its days from `first` to `last`, 0 being Monday."""

    def between(totals: Sequence[Any], under: Any = 1) -> Fraction:
        before = totals[first - 1] if first else 0
        return Fraction(int(totals[last] - before), int(under))

    def days(mask: int) -> int:
        return sum(mask >> day & 1 for day in range(first, last + 1))

    def listed(days: Iterable[int], values: Iterable[Any]) -> list[Any]:
        return [value for day, value in zip(days, values, strict=True) if first <= day <= last]

    return {
        "expected": between(row.expected),
        "done": between(row.done),
        "extra": between(row.extra),
        "credited": between(row.credited_numerators, row.credited_denominator),
        "volume": between(row.volume_numerators, row.volume_denominator),
        "days": (days(row.active_days), days(row.full_days), days(row.due_days)),
        "reported": days(row.reported_days) > 0,
        "skips": sorted(map(str, listed(row.skip_days, row.skip_reasons))),
        "pain": (days(row.pain_days), between(row.pain_doubled, 2), between(row.pain_moments, 2)),
        "effort": (days(row.effort_days), between(row.effort_doubled, 2), between(row.effort_moments, 2)),
    }


def measured(counts: Iterable[DayCount], first: date, last: date) -> dict[str, Any]:
    """What the measures of a patient say of the same days."""
    measures = measure(counts, Window(first, last))
    assert measures.active_days.denominator == measures.full_days.denominator
    return {
        "expected": measures.states.expected,
        "done": measures.states.done,
        "extra": measures.states.extra,
        "credited": measures.dose.numerator,
        "volume": measures.relative_dose.numerator,
        "days": (
            measures.active_days.numerator,
            measures.full_days.numerator,
            measures.active_days.denominator,
        ),
        "reported": measures.entries > 0,
        "skips": sorted(str(each.reason) for each in measures.skips for _ in range(each.occurrences)),
        "pain": rated(measures.pain),
        "effort": rated(measures.effort),
    }


def rated(trend: Trend) -> tuple[int, Fraction, Fraction]:
    """How many days have a median, their sum, and the sum of each times its day of the week."""
    moments = (each.day.weekday() * each.median for each in trend.medians)
    return len(trend.medians), sum((each.median for each in trend.medians), Fraction(0)), sum(moments, Fraction(0))


def test_any_part_of_a_week_is_what_its_days_are(world: World, app: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        lead = world.practitioner(world.clinic())
        lived = [journeys.live(world, lead, Random(seed)) for seed in range(700, 704)]
    random = Random(7)
    for journey in lived:
        counts: dict[date, list[DayCount]] = defaultdict(list)
        for count in journeys.stored_rows(world, journey.patient).values():
            counts[count.day - timedelta(days=count.day.weekday())].append(count)
        weeks = stored_weeks(world, journey.patient)
        assert weeks.keys() == counts.keys()
        for monday, row in weeks.items():
            first = random.randint(0, 6)
            for part in ((0, 6), (first, random.randint(first, 6))):
                days = [monday + timedelta(days=each) for each in part]
                assert part_of(row, *part) == measured(counts[monday], *days)
    _made_by_the_migrations(world, lead)


def _made_by_the_migrations(world: World, lead: Person) -> None:
    """See that a database which held days before gets the very same weeks, and keeps them through the way back."""
    names = ", ".join(column.name for column in PatientWeek.__table__.columns)
    weeks = text(f"SELECT {names} FROM patient_week WHERE clinic_id = :clinic_id ORDER BY patient_id, monday")  # noqa: S608
    of_clinic = {"clinic_id": lead.clinic_id}
    made, rated = (importlib.import_module(f"migrations.versions.{each}") for each in MIGRATIONS)
    with world.transaction() as session:
        kept = session.execute(weeks, of_clinic).all()
        session.execute(text("SET LOCAL ROLE hep_migrator"))
        with Operations.context(MigrationContext.configure(session.connection())):
            rated.downgrade()
            session.execute(text("DELETE FROM patient_week WHERE clinic_id = :clinic_id"), of_clinic)
            session.execute(text(made._SUM_UP), of_clinic)
            rated.upgrade()
            rated.downgrade()
            rated.upgrade()
        assert session.execute(weeks, of_clinic).all() == kept
        session.rollback()


def test_thirds_and_fifths_share_a_denominator_and_what_is_voided_leaves_nothing(scene: Scene) -> None:
    # Of 3 sets of 10: two sets, and 7 of each ten.
    items = [event(scene.daily, "2026-04-27", sets=2), event(scene.daily, "2026-04-28", reps=7)]
    scene.upload(*items)
    row = stored_weeks(scene.world, scene.patient)[date(2026, 4, 27)]
    assert (row.credited_denominator, [int(each) for each in row.credited_numerators]) == (30, [20, 41] + [41] * 5)
    assert (row.reported_days, row.active_days, row.due_days, row.expected[-1]) == (0b11, 0b11, 0b1111111, 10)
    scene.upload(*[correction(each, kind="void") for each in items])
    row = stored_weeks(scene.world, scene.patient)[date(2026, 4, 27)]
    assert (row.credited_denominator, row.credited_numerators, row.reported_days) == (1, [0] * 7, 0)
    scene.plan.send("POST", "/pauses", {"from": "2026-04-13", "to": "2026-04-20", "reason": "Away."})
    assert date(2026, 4, 13) not in stored_weeks(scene.world, scene.patient)


def test_rebuild_puts_right_a_week_that_was_changed_lost_or_made_up(scene: Scene, app: Flask) -> None:
    scene.upload(event(scene.daily, "2026-04-28", pain=4))
    before = stored_weeks(scene.world, scene.patient)
    with scene.world.transaction() as session:
        clinic = {"clinic": scene.lead.clinic_id}
        for damage in (
            "UPDATE patient_week SET expected[7] = 70 WHERE monday = '2026-04-27' AND clinic_id = :clinic",
            "DELETE FROM patient_week WHERE monday = '2026-04-20' AND clinic_id = :clinic",
            "UPDATE patient_week SET monday = '2020-01-06' WHERE monday = '2026-04-13' AND clinic_id = :clinic",
        ):
            session.execute(text(damage), clinic)
    assert stored_weeks(scene.world, scene.patient) != before
    app.test_cli_runner().invoke(args=["rollups", "rebuild", "--clinic", str(scene.lead.clinic_id)])
    assert stored_weeks(scene.world, scene.patient) == before
