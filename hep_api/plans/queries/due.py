"""What is due for a patient on a local day, over all plans: the plan's half of the phone's today.

What is done of it is added by adherence, which lies above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.database import run
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.library.showing import shown_exercise
from hep_api.plans.occurrences import PlanTerms, standing_on
from hep_api.plans.queries.patients import KnownPatient
from hep_api.plans.saying import in_words
from hep_api.plans.timeline import VersionInForce

# Each version in force on the day in a running plan, with the pause that covers the day, if any (pauses never overlap),
# and what the revision in force says: of one date the one published last.
# The phone asks for it all day long, and putting it together anew for each took longer than running it.
IN_FORCE = """
    SELECT plan.id AS plan_id, plan.title, plan.starts_on, plan.ends_on, revision.phase_name, revision.note,
           held.prescription_id, held.version, held.dose, held.schedule, held.valid_from, held.valid_to, held.anchor_on,
           prescription.exercise::text AS exercise,
           pause.from_on AS paused_from, pause.to_on AS paused_to
      FROM plan
      JOIN prescription_version AS held
        ON held.clinic_id = plan.clinic_id AND held.plan_id = plan.id
       AND held.valid_from <= %(day)s AND (held.valid_to IS NULL OR held.valid_to > %(day)s)
      JOIN LATERAL (
             SELECT phase_name, note
               FROM plan_revision
              WHERE clinic_id = plan.clinic_id AND plan_id = plan.id AND effective_on <= %(day)s
              ORDER BY effective_on DESC, number DESC
              LIMIT 1
           ) AS revision ON true
      JOIN prescription
        ON prescription.clinic_id = held.clinic_id AND prescription.id = held.prescription_id
      LEFT JOIN plan_pause AS pause
        ON pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id
       AND pause.replaced_at IS NULL AND NOT pause.withdrawn
       AND pause.from_on <= %(day)s AND (pause.to_on IS NULL OR pause.to_on > %(day)s)
     WHERE plan.clinic_id = %(clinic_id)s AND plan.patient_id = %(patient_id)s AND plan.starts_on <= %(day)s
       AND (plan.ends_on IS NULL OR (plan.ends_on > %(day)s AND plan.ends_on > %(ended_after)s))
     ORDER BY plan.starts_on, plan.id, held.position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """A prescription in force on the day. `expected` doings in `slots` are due; `rest`: its schedule skips the day.

    A quota or as_needed one is neither due nor at rest: the patient chooses. `paused` is the plan's.
    """

    plan_id: UUID
    prescription_id: UUID
    version: int
    exercise: dict[str, Any]
    dose: dict[str, Any]
    schedule: dict[str, Any]
    in_words: str
    valid_from: date
    valid_to: date | None
    anchor_on: date
    expected: int
    slots: Sequence[int]
    due: bool
    rest: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class DuePlan:
    """A plan that asks for something on the day, with what its revision in force says; both texts may be ""."""

    plan_id: UUID
    title: str
    phase_name: str
    note: str


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a day, in the order of plan and revision, and the plans that it belongs to."""

    plans: Sequence[DuePlan]
    items: Sequence[DueItem]


@dataclass(frozen=True, slots=True)
class DayAsked:
    """A day of a patient whom the viewer may see, and the languages in which it is read."""

    patient: KnownPatient
    day: date
    today: date
    languages: Sequence[str]


def due_on(session: Session, asked: DayAsked) -> Due:
    """Return what the running plans ask for on the day, in one statement.

    A patient no longer reads the exercises of a plan that ended longer ago than the clinic allows.
    """
    scope = {
        "clinic_id": asked.patient.clinic_id,
        "patient_id": asked.patient.patient_id,
        "day": asked.day,
        "ended_after": asked.patient.ended_after(asked.today),
    }
    language = best_language(WRITTEN, asked.languages)
    rows = run(session, IN_FORCE, scope).all()
    plans = {row.plan_id: DuePlan(row.plan_id, row.title, row.phase_name, row.note) for row in rows}
    return Due(list(plans.values()), [_item(row, asked, language) for row in rows])


def _item(row: Any, asked: DayAsked, language: str) -> DueItem:
    version = VersionInForce(
        row.prescription_id,
        row.version,
        Dose.from_json(row.dose),
        Schedule.from_json(row.schedule),
        row.valid_from,
        row.valid_to,
        row.anchor_on,
    )
    pauses = () if row.paused_from is None else ((row.paused_from, row.paused_to),)
    standing = standing_on(version, PlanTerms(row.starts_on, row.ends_on, pauses), asked.day)
    assert standing is not None, "the statement asks for what is in force and runs"
    return DueItem(
        plan_id=row.plan_id,
        prescription_id=row.prescription_id,
        version=row.version,
        exercise=shown_exercise(orjson.loads(row.exercise), asked.languages),
        dose=row.dose,
        schedule=row.schedule,
        in_words=in_words(version.dose, version.schedule, language),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        anchor_on=row.anchor_on,
        expected=standing.expected,
        slots=list(range(1, standing.expected + 1)),
        due=standing.due,
        rest=standing.rest,
        paused=standing.paused,
    )
