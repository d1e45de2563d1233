"""Wishes to be erased, as the person and the clinic's leaders see them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.clinics import access
from hep_api.clinics.models import Member
from hep_api.foundation.errors import not_found
from hep_api.foundation.sections import Query
from hep_api.foundation.web.pages import Page, cut, decode
from hep_api.rights.access import may_see_erasure
from hep_api.rights.models import OPEN, Erasure, ErasureStatus


@dataclass(frozen=True, slots=True)
class ErasureShown:
    """A wish to be erased. After it was carried out nothing in it names the person."""

    id: UUID
    patient_id: UUID
    patient_name: str
    status: ErasureStatus
    asked_at: datetime
    words: str | None
    decided_at: datetime | None
    refusal_reason: str | None
    carried_out_at: datetime | None


def get_erasure_for(session: Session, viewer: Viewer, patient_id: UUID, erasure_id: UUID) -> ErasureShown:
    """Return one wish of a patient; 404 when it is not the viewer's to see."""
    query = _shown(viewer).where(Erasure.patient_id == patient_id, Erasure.id == erasure_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise not_found("erasure")
    access.note_patient(session, viewer, patient_id)
    return ErasureShown(*row)


def get_open_erasure(session: Session, viewer: Viewer, patient_id: UUID) -> ErasureShown:
    """Return the open wish of a patient, without what was said to it unless the viewer may see that.

    Whether the viewer may ask for the patient is the caller's to have asked.
    """
    is_open = (Erasure.patient_id == patient_id) & Erasure.status.in_(OPEN)
    row = session.execute(_of_clinic(viewer).add_columns(may_see_erasure(viewer)).where(is_open)).one()
    shown = ErasureShown(*row[:-1])
    return shown if row[-1] else replace(shown, words=None)


def list_erasures_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[ErasureShown]:
    """Return a page of the clinic's wishes, the latest first."""
    rows = session.execute(
        _shown(viewer)
        .where(_matches(query), _before(query["cursor"]))
        .order_by(Erasure.asked_at.desc(), Erasure.id.desc())
        .limit(query["limit"] + 1)
    ).all()
    notes.about_list(session)
    page = cut(rows, query["limit"], lambda row: (row.asked_at, row.id))
    return Page([ErasureShown(*row) for row in page.items], page.next_cursor)


def _shown(viewer: Viewer) -> Query:
    return _of_clinic(viewer).where(may_see_erasure(viewer))


def _of_clinic(viewer: Viewer) -> Query:
    return (
        select(
            Erasure.id,
            Erasure.patient_id,
            Member.name,
            Erasure.status,
            Erasure.asked_at,
            Erasure.words,
            Erasure.decided_at,
            Erasure.refusal_reason,
            Erasure.carried_out_at,
        )
        .join(Member, (Member.clinic_id == Erasure.clinic_id) & (Member.id == Erasure.patient_id))
        .where(Erasure.clinic_id == viewer.clinic_id)
    )


def _matches(query: dict[str, Any]) -> ColumnElement[bool]:
    return Erasure.status == query["status"] if query["status"] else true()


def _before(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, datetime, UUID)
    return tuple_(Erasure.asked_at, Erasure.id) < key if key else true()
