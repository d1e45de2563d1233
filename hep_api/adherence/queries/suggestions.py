"""Reads of suggested doses: which rules are to be judged for a patient, and what practitioners are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select, text, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.models.suggestions import DoseSuggestion, SuggestionState
from hep_api.clinics import access
from hep_api.clinics.models import Member, Patient
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.plans.models.revisions import Prescription

# Only what goes on tomorrow is worth a suggestion: what accepting would change.
RULES = text(
    """
    SELECT item.plan_id, item.prescription_id, held.version, held.valid_from, item.progression,
           EXISTS (SELECT FROM plan_pause AS pause
                    WHERE pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id
                      AND pause.replaced_at IS NULL AND NOT pause.withdrawn
                      AND pause.from_on <= :today AND (pause.to_on IS NULL OR pause.to_on > :today)) AS paused
      FROM plan
      JOIN LATERAL (
            SELECT id FROM plan_revision
             WHERE clinic_id = plan.clinic_id AND plan_id = plan.id AND effective_on <= :tomorrow
             ORDER BY effective_on DESC, number DESC
             LIMIT 1
           ) AS governing ON true
      JOIN revision_item AS item
        ON item.clinic_id = plan.clinic_id AND item.revision_id = governing.id AND item.progression IS NOT NULL
      JOIN prescription_version AS held
        ON held.clinic_id = plan.clinic_id AND held.plan_id = plan.id AND held.prescription_id = item.prescription_id
       AND held.valid_from <= :today AND (held.valid_to IS NULL OR held.valid_to > :tomorrow)
     WHERE plan.clinic_id = :clinic_id AND plan.patient_id = :patient_id
       AND plan.starts_on <= :today AND (plan.ends_on IS NULL OR plan.ends_on > :tomorrow)
    """
)


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion with the names to show it by, and the version of its plan."""

    suggestion: DoseSuggestion
    exercise: str
    patient_name: str
    plan_version: int = 0

    @property
    def plan_id(self) -> UUID:
        return self.suggestion.plan_id


def rules_of(session: Session, clinic_id: UUID, patient_id: UUID, today: date) -> Sequence[Row[Any]]:
    """Return the rules in force for a patient, each with the version it is about and whether its plan is paused."""
    scope = {"clinic_id": clinic_id, "patient_id": patient_id, "today": today, "tomorrow": today + timedelta(days=1)}
    return session.execute(RULES, scope).all()


def list_of_patient_for(
    session: Session, viewer: Viewer, patient_id: UUID, limit: int, cursor: str | None
) -> pages.Page[ShownSuggestion]:
    """Return a patient's suggestions, the newest first, settled ones too; 404 when not the viewer's to see."""
    patient = access.patient_for(session, viewer, patient_id)
    return _page(session, _shown(DoseSuggestion.patient_id == patient.id, viewer), limit, cursor)


def list_open_for(session: Session, viewer: Viewer, limit: int, cursor: str | None) -> pages.Page[ShownSuggestion]:
    """Return the open suggestions for the patients in the viewer's care, the newest first, in one statement."""
    whose = access.is_theirs(viewer) & (DoseSuggestion.state == SuggestionState.OPEN)
    page = _page(session, _shown(whose, viewer), limit, cursor)
    for patient_id in {each.suggestion.patient_id for each in page.items}:
        access.note_patient(session, viewer, patient_id)
    return page


def suggestion_to_settle(session: Session, viewer: Viewer, suggestion_id: UUID) -> ShownSuggestion:
    """Return a suggestion for a patient in the viewer's care, its row locked; 404 otherwise."""
    query = _shown(access.is_theirs(viewer) & (DoseSuggestion.id == suggestion_id), viewer)
    row = session.execute(query.with_for_update(of=DoseSuggestion)).one_or_none()
    if row is None:
        raise not_found("suggestion")
    access.note_patient(session, viewer, row[0].patient_id)
    return ShownSuggestion(*row)


def _shown(whose: ColumnElement[bool], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(DoseSuggestion, Prescription.exercise["name"].astext, Member.name)
        .join(
            Prescription,
            (Prescription.clinic_id == DoseSuggestion.clinic_id) & (Prescription.id == DoseSuggestion.prescription_id),
        )
        .join(Patient, (Patient.clinic_id == DoseSuggestion.clinic_id) & (Patient.id == DoseSuggestion.patient_id))
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .where(DoseSuggestion.clinic_id == viewer.clinic_id, whose)
    )


def _page(
    session: Session, query: Select[*tuple[Any, ...]], limit: int, cursor: str | None
) -> pages.Page[ShownSuggestion]:
    key = tuple_(DoseSuggestion.suggested_at, DoseSuggestion.id)
    before = pages.decode(cursor, datetime, UUID)
    if before:
        query = query.where(key < tuple_(*before))
    rows = session.execute(
        query.order_by(DoseSuggestion.suggested_at.desc(), DoseSuggestion.id.desc()).limit(limit + 1)
    )
    shown = [ShownSuggestion(*row) for row in rows]
    return pages.cut(shown, limit, lambda each: [each.suggestion.suggested_at, each.suggestion.id])
