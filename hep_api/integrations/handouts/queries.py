"""Reads for a handout: the plan with its exercises and dates, scoped by the viewer or by a link that names the plan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import CareTeamPlace, Clinic, Location, Member, Patient
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.foundation import qr
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.integrations.handouts.pictures import drawings_of, pictures_of
from hep_api.integrations.handouts.sheets import Exercise, Handout, Prescribed
from hep_api.integrations.handouts.ticking import Ticked, Week, first_and_end, weeks_to_tick
from hep_api.integrations.handouts.wishes import Wishes
from hep_api.library.showing import shown_exercise
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import Prescription, PrescriptionVersion
from hep_api.plans.queries import plans
from hep_api.plans.queries.histories import PrescriptionHistory, histories_of_patient
from hep_api.plans.queries.plans import PlanInCare
from hep_api.plans.timeline import VersionInForce

# What one page can bear: a browser lays out so many boxes at once, and so does the maker of PDFs in some seconds.
MOST_BOXES = 5000
# Neither the past of a plan that is long over, nor years ahead.
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Heading:
    """Who is named on a handout."""

    clinic: str
    location: str
    patient: str
    practitioner: str


def plan_to_hand_out(session: Session, viewer: Viewer, plan_id: UUID, now: datetime) -> PlanInCare:
    """Return a plan whose exercises the viewer may read now; 404 otherwise."""
    found = plans.plan_for(session, viewer, plan_id)
    plans.refuse_unreadable(viewer, found, now)
    return found


def plan_of_link(session: Session, clinic_id: UUID, plan_id: UUID) -> PlanInCare:
    """Return the plan that a link of ours names, for whoever holds the link; 404 when it is gone."""
    row = session.execute(
        select(Plan, Patient, Clinic.ended_plan_readable_days)
        .join(Patient, (Patient.clinic_id == Plan.clinic_id) & (Patient.id == Plan.patient_id))
        .join(Clinic, Clinic.id == Plan.clinic_id)
        .where(Plan.clinic_id == clinic_id, Plan.id == plan_id, Patient.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise not_found("handout")
    return PlanInCare(*row)


def handout_of(session: Session, found: PlanInCare, wishes: Wishes, plan_link: str, now: datetime) -> Handout:
    """Return what stands on the handout of a plan; `plan_link` is the start of the address that opens it in the app.

    Errors: 422 naming `/from` for dates far from the patient's today, `/weeks` for more boxes than a page bears.
    """
    today, plan = found.today(now), found.plan
    from_on = wishes.from_on or max(today, plan.starts_on)
    if abs(from_on - max(today, plan.starts_on)) > FARTHEST:
        raise invalid_field("/from", "range", "Must be within a year of today.")
    histories = histories_of_patient(session, plan.clinic_id, plan.patient_id, plan_id=plan.id)
    exercises = list(_exercises(session, found, histories, wishes, from_on))
    weeks = _weeks(exercises, from_on, wishes)
    heading = _heading(session, found)
    return Handout(
        wishes=wishes,
        title=plan.title,
        clinic=heading.clinic,
        location=heading.location,
        practitioner=heading.practitioner,
        name=heading.patient if wishes.name else initials(heading.patient),
        made_on=today,
        code=qr.svg_of(f"{plan_link}{plan.id}"),
        exercises=[exercise for exercise, _ in exercises],
        weeks=weeks,
    )


def initials(name: str) -> str:
    """Return the first letters of a name's words: "K. M."."""
    return " ".join(f"{word[0].upper()}." for word in name.split())


def _weeks(exercises: Iterable[tuple[Exercise, PrescriptionHistory]], from_on: date, wishes: Wishes) -> list[Week]:
    ticked = [Ticked(each.number, each.texts["name"], each.texts["language"], history) for each, history in exercises]
    weeks = weeks_to_tick(ticked, from_on, wishes.weeks)
    boxes = sum(row.of_choice + sum(cell.boxes for cell in row.cells) for week in weeks for row in week.rows)
    if boxes > MOST_BOXES:
        raise invalid_field("/weeks", "range", f"So many weeks make {boxes} boxes; at most {MOST_BOXES} fit.")
    return weeks


def _exercises(
    session: Session, found: PlanInCare, histories: Mapping[UUID, PrescriptionHistory], wishes: Wishes, from_on: date
) -> Iterator[tuple[Exercise, PrescriptionHistory]]:
    """Yield what is prescribed on a date of the handout on which the plan runs, in the plan's order."""
    _, end = first_and_end(from_on, wishes.weeks)
    rows = [row for row in _rows(session, found, from_on, end) if _runs(histories[row.id], from_on, end)]
    shown = [shown_exercise(row.exercise, [wishes.language]) for row in rows]
    drawings = drawings_of(session, (entry for texts in shown for entry in texts["media"]))
    for number, (row, texts) in enumerate(zip(rows, shown, strict=True), start=1):
        history = histories[row.id]
        in_force = [_prescribed(each, wishes, from_on, end) for each in _versions(history, from_on, end)]
        yield Exercise(number, texts, pictures_of(texts["media"], drawings), in_force), history


def _rows(session: Session, found: PlanInCare, from_on: date, end: date) -> list[Any]:
    """Return the prescriptions with a version in force on some date, each once, at its newest place in the plan."""
    version = PrescriptionVersion
    rows = session.execute(
        select(Prescription.id, Prescription.exercise, version.position)
        .join(version, (version.clinic_id == Prescription.clinic_id) & (version.prescription_id == Prescription.id))
        .where(
            Prescription.clinic_id == found.plan.clinic_id,
            Prescription.plan_id == found.plan.id,
            version.valid_from < end,
            version.valid_to.is_(None) | (version.valid_to > from_on),
        )
        .order_by(version.valid_from)
    )
    newest = {row.id: row for row in rows}
    return sorted(newest.values(), key=lambda row: (row.position, row.id))


def _runs(history: PrescriptionHistory, from_on: date, end: date) -> bool:
    terms = history.terms
    return terms.starts_on < end and (terms.ends_on is None or terms.ends_on > from_on)


def _versions(history: PrescriptionHistory, from_on: date, end: date) -> list[VersionInForce]:
    return [
        each
        for each in history.versions
        if each.valid_from < end and (each.valid_to is None or each.valid_to > from_on)
    ]


def _prescribed(version: VersionInForce, wishes: Wishes, from_on: date, end: date) -> Prescribed:
    words = prescription_in_words(version.dose, version.schedule, wishes.language)
    starts_within = version.valid_from > from_on
    ends_within = version.valid_to is not None and version.valid_to < end
    last_on = version.valid_to - timedelta(days=1) if version.valid_to is not None and ends_within else None
    return Prescribed(words, version.dose.note, version.valid_from if starts_within else None, last_on)


def _heading(session: Session, found: PlanInCare) -> Heading:
    patient = found.patient
    lead = (
        select(Member.name)
        .join(CareTeamPlace, (CareTeamPlace.clinic_id == Member.clinic_id) & (CareTeamPlace.member_id == Member.id))
        .where(CareTeamPlace.clinic_id == patient.clinic_id, CareTeamPlace.patient_id == patient.id)
        .where(CareTeamPlace.is_lead, CareTeamPlace.left_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(Clinic.name, Location.name, Member.name, lead)
        .join(Location, Location.clinic_id == Clinic.id)
        .join(Member, Member.clinic_id == Clinic.id)
        .where(Clinic.id == patient.clinic_id, Location.id == patient.location_id, Member.id == patient.id)
    ).one()
    return Heading(row[0], row[1], row[2], row[3] or "")
