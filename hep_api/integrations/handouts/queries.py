"""Reads for a handout: the plan with its exercises and dates, scoped by the viewer or by a link that names the plan."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Clinic, Patient
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.foundation import qr
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.integrations.handouts.grouping import Placed, place, revisions_between
from hep_api.integrations.handouts.pictures import drawings_of, pictures_of
from hep_api.integrations.handouts.sheets import Exercise, Group, Handout, Prescribed
from hep_api.integrations.handouts.ticking import Ticked, Week, first_and_end, weeks_to_tick
from hep_api.integrations.handouts.wishes import Wishes
from hep_api.integrations.headings import heading_of, initials
from hep_api.library.showing import shown_exercise
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import Prescription
from hep_api.plans.queries import plans
from hep_api.plans.queries.histories import PrescriptionHistory, histories_of_patient
from hep_api.plans.queries.plans import PlanInCare
from hep_api.plans.timeline import VersionInForce

# What one page can bear: a browser lays out so many boxes at once, and so does the maker of PDFs in some seconds.
MOST_BOXES = 5000
# Neither the past of a plan that is long over, nor years ahead.
FARTHEST = timedelta(days=366)


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
    groups, ticked = _groups(session, plan, histories, wishes, from_on)
    weeks = _weeks(ticked, from_on, wishes)
    heading = heading_of(session, found.patient)
    return Handout(
        wishes=wishes,
        title=plan.title,
        clinic=heading.clinic,
        location=heading.location,
        practitioner=heading.practitioner,
        name=heading.patient if wishes.name else initials(heading.patient),
        made_on=today,
        code=qr.svg_of(f"{plan_link}{plan.id}"),
        groups=groups,
        weeks=weeks,
    )


def _weeks(ticked: Iterable[Ticked], from_on: date, wishes: Wishes) -> list[Week]:
    weeks = weeks_to_tick(ticked, from_on, wishes.weeks)
    boxes = sum(row.of_choice + sum(cell.boxes for cell in row.cells) for week in weeks for row in week.rows)
    if boxes > MOST_BOXES:
        raise invalid_field("/weeks", "range", f"So many weeks make {boxes} boxes; at most {MOST_BOXES} fit.")
    return weeks


def _groups(
    session: Session, plan: Plan, histories: Mapping[UUID, PrescriptionHistory], wishes: Wishes, from_on: date
) -> tuple[list[Group], list[Ticked]]:
    """Return what is prescribed on dates of the handout on which the plan runs, and each of it once, to be ticked."""
    _, end = first_and_end(from_on, wishes.weeks)
    last = end if plan.ends_on is None else min(end, plan.ends_on)
    if last <= from_on:
        return [], []
    placements = list(place(revisions_between(session, plan, from_on, last), histories, from_on))
    texts = _texts(session, {each.version.prescription_id for one in placements for each in one.placed}, plan, wishes)
    drawings = drawings_of(session, (entry for each in texts.values() for entry in each["media"]))

    def exercise(placed: Placed) -> Exercise:
        said = texts[placed.version.prescription_id]
        pictures = [] if placed.again else pictures_of(said["media"], drawings)
        return Exercise(placed.number, said, pictures, _prescribed(placed.version, wishes, end), placed.again)

    groups = [Group(one.from_on, one.phase_name, one.note, [*map(exercise, one.placed)]) for one in placements]
    ticked = [
        Ticked(each.number, said["name"], said["language"], histories[each.version.prescription_id])
        for one in placements
        for each in one.placed
        if not each.again and (said := texts[each.version.prescription_id])
    ]
    return groups, ticked


def _texts(session: Session, ids: Collection[UUID], plan: Plan, wishes: Wishes) -> dict[UUID, dict[str, Any]]:
    """Return the exercise of each prescription as it was prescribed, in the language wished for."""
    rows = session.execute(
        select(Prescription.id, Prescription.exercise).where(
            Prescription.clinic_id == plan.clinic_id, Prescription.plan_id == plan.id, Prescription.id.in_(ids)
        )
    )
    return {row.id: shown_exercise(row.exercise, [wishes.language]) for row in rows}


def _prescribed(version: VersionInForce, wishes: Wishes, end: date) -> Prescribed:
    words = prescription_in_words(version.dose, version.schedule, wishes.language)
    ends_within = version.valid_to is not None and version.valid_to < end
    last_on = version.valid_to - timedelta(days=1) if version.valid_to is not None and ends_within else None
    return Prescribed(words, version.dose.note, last_on)
