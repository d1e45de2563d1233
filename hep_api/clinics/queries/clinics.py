"""The viewer's clinic and its locations."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Clinic, Location
from hep_api.foundation.web.pages import Page, cut, decode


def get_clinic_for(session: Session, viewer: Viewer) -> Clinic:
    """Return the viewer's clinic."""
    return session.get_one(Clinic, viewer.clinic_id)


def lock_clinic(session: Session, viewer: Viewer) -> Clinic:
    """Return the viewer's clinic, to be changed."""
    return session.get_one(Clinic, viewer.clinic_id, with_for_update={"key_share": True})


def list_locations_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[Location]:
    """Return a page of the clinic's locations by name."""
    rows = session.scalars(
        select(Location)
        .where(Location.clinic_id == viewer.clinic_id, _after(query["cursor"]))
        .order_by(Location.name, Location.id)
        .limit(query["limit"] + 1)
    ).all()
    return cut(rows, query["limit"], lambda location: (location.name, location.id))


def _after(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, str, UUID)
    return tuple_(Location.name, Location.id) > key if key else true()
