"""Covers as they are shown: leaders see all of their clinic's, practitioners those in which they have a part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Cover, Member
from hep_api.foundation.errors import not_found
from hep_api.foundation.web.pages import Page, cut, decode

Absent, Covering = aliased(Member), aliased(Member)


class CoverState(StrEnum):
    """Whether somebody stands in now."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ShownCover:
    """A cover with names, as it stands at a moment."""

    cover: Cover
    absent_name: str
    covering_name: str
    state: CoverState


def list_covers_for(session: Session, viewer: Viewer, query: dict[str, Any], now: datetime) -> Page[ShownCover]:
    """Return a page of covers, those that begin last first; one statement."""
    shown = _shown(viewer).where(_before(query["cursor"]), *_matches(query, now))
    rows = session.execute(shown.order_by(Cover.starts_at.desc(), Cover.id.desc()).limit(query["limit"] + 1)).all()
    page = cut(rows, query["limit"], lambda row: (row.Cover.starts_at, row.Cover.id))
    return Page([_as_shown(row, now) for row in page.items], page.next_cursor)


def get_cover_for(session: Session, viewer: Viewer, cover_id: UUID, now: datetime) -> ShownCover:
    """Return one cover that the viewer may see; 404 otherwise."""
    row = session.execute(_shown(viewer).where(Cover.id == cover_id)).one_or_none()
    if row is None:
        raise not_found("cover")
    return _as_shown(row, now)


def cover_to_end(session: Session, viewer: Viewer, cover_id: UUID) -> Cover:
    """Return a cover that the viewer may end, as the absent one or a leader; 404 otherwise. Not locked."""
    theirs = true() if viewer.leads else Cover.absent_id == viewer.member_id
    cover = session.scalar(select(Cover).where(Cover.clinic_id == viewer.clinic_id, Cover.id == cover_id, theirs))
    if cover is None:
        raise not_found("cover")
    return cover


def list_standing(
    session: Session, clinic_id: UUID, members: Collection[UUID], starts_at: datetime, ends_at: datetime
) -> Sequence[Cover]:
    """Return the covers of these members, on either side, that stand at some time of `[starts_at, ends_at)`."""
    return session.scalars(
        select(Cover)
        .where(
            Cover.clinic_id == clinic_id,
            Cover.ended_at.is_(None),
            Cover.starts_at < ends_at,
            Cover.ends_at > starts_at,
            Cover.absent_id.in_(members) | Cover.covering_id.in_(members),
        )
        .order_by(Cover.starts_at, Cover.id)
    ).all()


def state_at(cover: Cover, now: datetime) -> CoverState:
    """Return how a cover stands at an instant."""
    if cover.ended_at is not None or cover.ends_at <= now:
        return CoverState.OVER
    return CoverState.RUNNING if cover.starts_at <= now else CoverState.PLANNED


def _as_shown(row: Any, now: datetime) -> ShownCover:
    return ShownCover(row.Cover, row.absent_name, row.covering_name, state_at(row.Cover, now))


def _shown(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    theirs = true() if viewer.leads else (Cover.absent_id == viewer.member_id) | (Cover.covering_id == viewer.member_id)
    return (
        select(Cover, Absent.name.label("absent_name"), Covering.name.label("covering_name"))
        .join(Absent, (Absent.clinic_id == Cover.clinic_id) & (Absent.id == Cover.absent_id))
        .join(Covering, (Covering.clinic_id == Cover.clinic_id) & (Covering.id == Cover.covering_id))
        .where(Cover.clinic_id == viewer.clinic_id, theirs)
    )


def _matches(query: dict[str, Any], now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query["member_id"] is not None:
        wanted.append((Cover.absent_id == query["member_id"]) | (Cover.covering_id == query["member_id"]))
    if query["state"] is not None:
        stands = Cover.ended_at.is_(None) & (Cover.ends_at > now)
        wanted.append(
            {
                CoverState.PLANNED: stands & (Cover.starts_at > now),
                CoverState.RUNNING: stands & (Cover.starts_at <= now),
                CoverState.OVER: ~stands,
            }[query["state"]]
        )
    return wanted


def _before(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, datetime, UUID)
    return tuple_(Cover.starts_at, Cover.id) < key if key else true()
