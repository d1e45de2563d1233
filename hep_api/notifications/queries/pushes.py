"""Reads of pushes: what was given up, for owners, and what came of one's own test. There is no text to be read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web.pages import Page, cut, decode
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.devices import Device
from hep_api.notifications.models.pushes import Push


def list_pushes_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[Push]:
    """Return a page of the clinic's pushes that are finished in a state, the last finished first."""
    finished = Push.finished_at.is_not(None)
    wanted = select(Push).where(Push.clinic_id == viewer.clinic_id, Push.state == query["state"], finished)
    newest_first = (Push.finished_at.desc(), Push.id.desc())
    page = wanted.where(_before(query["cursor"])).order_by(*newest_first).limit(query["limit"] + 1)
    return cut(session.scalars(page).all(), query["limit"], lambda push: (push.finished_at, push.id))


def push_to_retry(session: Session, viewer: Viewer, push_id: UUID) -> Push:
    """Return a push of the clinic's, its row locked; 404 when there is none."""
    query = select(Push).where(Push.clinic_id == viewer.clinic_id, Push.id == push_id)
    push = session.scalar(query.with_for_update())
    if push is None:
        raise not_found("push")
    return push


def last_test_for(session: Session, viewer: Viewer, device_id: UUID) -> Push:
    """Return the last test push to one of the viewer's own devices; 404 when there is none."""
    own = (Device.clinic_id == viewer.clinic_id) & (Device.member_id == viewer.member_id) & (Device.id == device_id)
    device = select(Device.id).where(own)
    tests = select(Push).where(Push.clinic_id == viewer.clinic_id, Push.device_id.in_(device))
    last = tests.where(Push.kind == NoticeKind.TEST, Push.member_id == viewer.member_id)
    push = session.scalar(last.order_by(Push.created_at.desc(), Push.id.desc()).limit(1))
    if push is None:
        raise not_found("test push")
    return push


def _before(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, datetime, UUID)
    return tuple_(Push.finished_at, Push.id) < key if key else true()
