"""Keeping in mind what was told: of what each person heard last, what waits for the end of quiet hours, how often.

Each is one statement for any number of members.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hep_api.foundation.database import run
from hep_api.foundation.jobs import queue
from hep_api.notifications.models.notices import NoticeOutcome
from hep_api.notifications.notices import Notice

TELL_HELD = "notifications.tell_held"

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"
# Of two at once the second waits for the first's row, so that no more are told than may be.
COUNT = """
INSERT INTO notice_day AS day (clinic_id, member_id, on_date, told, capped, most, last_told)
SELECT %(clinic_id)s, wish.member_id, wish.on_date, 1, 0, wish.most, true
  FROM unnest(%(member_ids)s::uuid[], %(dates)s::date[], %(most)s::int[]) AS wish (member_id, on_date, most)
 ORDER BY wish.member_id
ON CONFLICT (clinic_id, member_id, on_date) DO UPDATE
   SET told = day.told + CASE WHEN day.told < excluded.most THEN 1 ELSE 0 END,
       capped = day.capped + CASE WHEN day.told < excluded.most THEN 0 ELSE 1 END,
       most = excluded.most, last_told = day.told < excluded.most
RETURNING member_id, last_told
"""
KEEP = """
INSERT INTO notice_told (clinic_id, member_id, kind, subject_id, number, outcome, told_at)
SELECT %(clinic_id)s, said.*, %(now)s
  FROM unnest(%(member_ids)s::uuid[], %(kinds)s::text[], %(subject_ids)s::uuid[], %(numbers)s::int[],
              %(outcomes)s::text[]) AS said
 ORDER BY 2, 3, 4
ON CONFLICT (clinic_id, member_id, kind, subject_id) DO UPDATE
   SET number = excluded.number, outcome = excluded.outcome, told_at = excluded.told_at
"""
HOLD = """
INSERT INTO notice_held (clinic_id, member_id, kind, subject_id, due_at)
SELECT %(clinic_id)s, held.*
  FROM unnest(%(member_ids)s::uuid[], %(kinds)s::text[], %(subject_ids)s::uuid[], %(due_at)s::timestamptz[]) AS held
 ORDER BY 2, 3, 4
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """That a member is pushed once more on the day that their wall shows, of `most`."""

    member_id: UUID
    zone: str
    most: int


def alone(session: Session, clinic_id: UUID, subject_id: UUID) -> None:
    """Keep other jobs from telling of the same thing until the commit: of two at once, neither would find in what was
    kept that the other has told it.
    """
    run(session, ALONE, {"key": f"telling of {clinic_id} {subject_id}"})


def count(session: Session, clinic_id: UUID, wishes: Sequence[Wish], now: datetime) -> set[UUID]:
    """Count one push more for each of these different members; return those who have had as many as may be."""
    if not wishes:
        return set()
    said = {
        "clinic_id": clinic_id,
        "member_ids": [wish.member_id for wish in wishes],
        "dates": [now.astimezone(ZoneInfo(wish.zone)).date() for wish in wishes],
        "most": [wish.most for wish in wishes],
    }
    return {row.member_id for row in run(session, COUNT, said) if not row.last_told}


def keep(session: Session, clinic_id: UUID, told: Sequence[tuple[Notice, NoticeOutcome]], now: datetime) -> None:
    """Keep what became of notices, in place of what was kept of the same thing before."""
    if told:
        notices = [notice for notice, _ in told]
        numbers = [notice.number for notice in notices]
        outcomes = [outcome.value for _, outcome in told]
        said = {"numbers": numbers, "outcomes": outcomes, "now": now}
        run(session, KEEP, _named(clinic_id, notices) | said)


def hold(session: Session, clinic_id: UUID, held: Sequence[tuple[Notice, datetime]], now: datetime) -> None:
    """Keep notices until the end of quiet hours, each thing once, and add the jobs that tell them then."""
    if not held:
        return
    run(session, HOLD, _named(clinic_id, [notice for notice, _ in held]) | {"due_at": [until for _, until in held]})
    for due_at in sorted({until for _, until in held}):
        tell_held_at(session, clinic_id, due_at, now)


def tell_held_at(session: Session, clinic_id: UUID, due_at: datetime, now: datetime) -> None:
    """Add the job that tells what a clinic's people have waiting at an instant, unless it is there."""
    key = f"{clinic_id}:{due_at.isoformat()}"
    payload = {"clinic_id": str(clinic_id)}
    queue.enqueue(session, TELL_HELD, payload, now=now, clinic_id=clinic_id, run_at=due_at, dedupe_key=key)


def _named(clinic_id: UUID, notices: Sequence[Notice]) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "member_ids": [notice.member_id for notice in notices],
        "kinds": [notice.kind.value for notice in notices],
        "subject_ids": [notice.subject_id for notice in notices],
    }
