"""Reminding whom it is time for: a block of a clinic's patients at a time, side by side by any number of workers.

A moment is settled for good in the transaction that tells of it, by a row that there is once for each patient, day,
time and kind; so whatever is run again, or by several workers at once, nobody is reminded twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hep_api.clinics.models import Patient
from hep_api.foundation.database import part_of, run
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs.deadlines import TookTooLong
from hep_api.notifications.actions.looking import wake
from hep_api.notifications.actions.telling import tell_each
from hep_api.notifications.facts.reminders import IgnoredReminders, RemindersIgnored
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook, ReminderState
from hep_api.notifications.notices import Notice
from hep_api.notifications.queries.reminder_looks import History, Person, days_of, histories_of, people_of
from hep_api.notifications.queries.reminders import count_due, next_look
from hep_api.notifications.reminding.due import DayStanding, is_worth_a_nudge, is_worth_a_reminder
from hep_api.notifications.reminding.ignoring import Ignoring, Step, ignoring, may_remind
from hep_api.notifications.reminding.outlook import Look, Whereabouts, look, look_at
from hep_api.notifications.reminding.times import Moment

AT_A_TIME = 100
# How many jobs of one clinic look side by side at most.
MOST_PARTS = 32
# Whoever cannot be looked at for now keeps nobody else waiting.
AGAIN_AFTER = timedelta(hours=1)
WHILE_OTHERS_WORK = timedelta(seconds=5)

_SETTLE = """
UPDATE reminder_outlook AS outlook
   SET look_at = seen.look_at, settled_at = %(now)s, zone = seen.zone, zone_since = seen.zone_since, zone_before = NULL
  FROM unnest(CAST(%(ids)s AS uuid[]), CAST(%(looks)s AS timestamptz[]), CAST(%(zones)s AS text[]),
              CAST(%(since)s AS timestamptz[])) AS seen (patient_id, look_at, zone, zone_since)
 WHERE outlook.clinic_id = %(clinic_id)s AND outlook.patient_id = seen.patient_id
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Looked:
    """A patient who is looked at: what came since the last look, and where they are from now on."""

    person: Person
    whereabouts: Whereabouts
    found: Look


def remind_due(session: Session, clinic_id: UUID, now: datetime, part: int) -> None:
    """Look at a block of those for whom it is time, and see that others look at the rest, or somebody later."""
    held = _hold(session, clinic_id, now)
    is_full = len(held) == AT_A_TIME
    if is_full and part == 0:
        waiting = count_due(session, clinic_id, now, AT_A_TIME * MOST_PARTS) - AT_A_TIME
        for other in range(1, -(-waiting // AT_A_TIME) + 1):
            wake(session, clinic_id, now, now, other)
    _look_at_block(session, clinic_id, held, now)
    if part:
        if is_full:
            wake(session, clinic_id, now, now, part)
        return
    later = next_look(session, clinic_id)
    if later is not None:
        # What is still due is the next block, or in the hands of another worker, who is let finish.
        wake(session, clinic_id, max(later, now if held else now + WHILE_OTHERS_WORK), now)


def _hold(session: Session, clinic_id: UUID, now: datetime) -> Sequence[ReminderOutlook]:
    """Lock those to look at, the longest waiting first, but who is in the hands of another worker or being erased."""
    due = (
        select(ReminderOutlook)
        .where(ReminderOutlook.clinic_id == clinic_id, ReminderOutlook.look_at <= now)
        # Not by patient as well: at eight there are thousands of one instant, and each block would sort them all.
        .order_by(ReminderOutlook.look_at)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    held = session.scalars(due).all()
    # Nobody waits for a patient with a row of theirs in hand: whoever erases one waits for us, never we for them.
    theirs = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.id.in_([row.patient_id for row in held]))
    there = set(session.scalars(theirs.with_for_update(read=True, key_share=True, skip_locked=True))) if held else set()
    return [row for row in held if row.patient_id in there]


def _look_at_block(session: Session, clinic_id: UUID, rows: Sequence[ReminderOutlook], now: datetime) -> None:
    """Look at a block at once, and when that fails one by one: who cannot be looked at keeps nobody else from it."""
    if not rows or _looked_at(session, clinic_id, rows, now):
        return
    for row in rows:
        if len(rows) == 1 or not _looked_at(session, clinic_id, [row], now):
            this = (ReminderOutlook.clinic_id == clinic_id) & (ReminderOutlook.patient_id == row.patient_id)
            session.execute(update(ReminderOutlook).where(this).values(look_at=now + AGAIN_AFTER))


def _looked_at(session: Session, clinic_id: UUID, rows: Sequence[ReminderOutlook], now: datetime) -> bool:
    """Look at patients and tell whether it was done; the log says where it failed, and of one alone who it was."""
    failed: Exception | None = None
    try:
        with part_of(session):
            _remind(session, clinic_id, rows, now)
    except (OperationalError, TookTooLong):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are reminded all the same
        failed = error
    if failed is not None:
        said = {"clinic_id": str(clinic_id), "count": len(rows), "error_type": type(failed).__name__}
        who = {"member_id": str(rows[0].patient_id)} if len(rows) == 1 else {}
        log.error("reminders_not_looked_at", exc_info=failed, **said, **who)
    return failed is None


def _remind(session: Session, clinic_id: UUID, rows: Sequence[ReminderOutlook], now: datetime) -> None:
    people = people_of(session, clinic_id, [row.patient_id for row in rows], now)
    looked = [_look(row, people[row.patient_id], now) for row in rows]
    asked = {each.person.patient_id: each.found.due.on for each in looked if each.found.due and each.person.is_there}
    days, histories = days_of(session, clinic_id, asked), histories_of(session, clinic_id, asked)
    ignored = {each: _ignored(people[each], histories[each], on) for each, on in asked.items()}
    told = [
        (each.person, each.found.due)
        for each in looked
        if each.found.due
        and each.person.patient_id in asked
        and _is_worth(each.found.due, days[each.person.patient_id])
        and may_remind(ignored[each.person.patient_id], histories[each.person.patient_id].told_on, each.found.due.on)
    ]
    passed = [(each.person, moment) for each in looked for moment in each.found.passed if _ran(each.person, moment.on)]
    _tell(session, clinic_id, told, passed, now)
    _tell_of_ignored(session, clinic_id, ignored, now)
    _settle(session, clinic_id, looked, now)


def _look(row: ReminderOutlook, person: Person, now: datetime) -> _Looked:
    before = Whereabouts(row.settled_at, row.zone, row.zone_since, row.zone_before)
    whereabouts = before.moved(person.zone, now)
    found = look(person.settled.wishes, whereabouts, now)
    return _Looked(person, whereabouts.settled(now), found)


def _is_worth(moment: Moment, day: DayStanding) -> bool:
    if moment.kind is NoticeKind.SECOND_NUDGE:
        return is_worth_a_nudge(day)
    return is_worth_a_reminder(day, moment.place, moment.of)


def _ignored(person: Person, history: History, today: date) -> Ignoring:
    return ignoring(history.told_on, history.heeded_on(person), today)


def _ran(person: Person, day: date) -> bool:
    return person.is_there and any(first <= day and (end is None or day < end) for first, end in person.runs)


def _tell(
    session: Session,
    clinic_id: UUID,
    told: Sequence[tuple[Person, Moment]],
    passed: Sequence[tuple[Person, Moment]],
    now: datetime,
) -> None:
    """Note what was told and what came too late, and tell; what reaches nobody is noted as that."""
    rows = [_row(clinic_id, person, moment, ReminderState.TOLD, now) for person, moment in told]
    rows += [_row(clinic_id, person, moment, ReminderState.PASSED, now) for person, moment in passed]
    if not rows:
        return
    adding = insert(Reminder).values(rows).on_conflict_do_nothing().returning(Reminder.id)
    added = set(session.scalars(adding))
    to_tell = [row for row in rows if row["id"] in added and row["state"] is ReminderState.TOLD]
    own_times = {person.patient_id for person, _ in told if person.settled.own_times}
    notices = [_notice(row, row["patient_id"] in own_times) for row in to_tell]
    reached = tell_each(session, clinic_id, notices, now)
    unreached = [row["id"] for row in to_tell if row["patient_id"] not in reached]
    if unreached:
        these = (Reminder.clinic_id == clinic_id) & Reminder.id.in_(unreached)
        session.execute(update(Reminder).where(these).values(state=ReminderState.UNREACHED))


def _notice(row: Mapping[str, Any], own_times: bool) -> Notice:  # noqa: FBT001 - whose times they are
    """Return what is told: a reminder at a time that somebody has set themselves rings also in their quiet hours."""
    of_their_time = own_times and row["kind"] is NoticeKind.REMINDER
    return Notice(row["patient_id"], row["kind"], row["id"], through_quiet=of_their_time)


def _row(clinic_id: UUID, person: Person, moment: Moment, state: ReminderState, now: datetime) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "id": new_id(),
        "patient_id": person.patient_id,
        "kind": moment.kind,
        "due_on": moment.on,
        "at": moment.at,
        "due_at": moment.instant,
        "zone": moment.zone,
        "state": state,
        "settled_at": now,
    }


def _tell_of_ignored(session: Session, clinic_id: UUID, ignored: Mapping[UUID, Ignoring], now: datetime) -> None:
    of_whom = [
        IgnoredReminders(patient_id, len(each.on), each.on[0], each.on[-1])
        for patient_id, each in ignored.items()
        if each.step is not Step.NORMAL
    ]
    if of_whom:
        publish(session, RemindersIgnored(clinic_id, tuple(of_whom), now))


def _settle(session: Session, clinic_id: UUID, looked: Sequence[_Looked], now: datetime) -> None:
    """Note that all is settled up to now, and when to look again; who wishes for nothing is looked at no more."""
    nobody = [each.person.patient_id for each in looked if each.person.settled.wishes.are_none]
    if nobody:
        these = (ReminderOutlook.clinic_id == clinic_id) & ReminderOutlook.patient_id.in_(nobody)
        session.execute(delete(ReminderOutlook).where(these).execution_options(synchronize_session=False))
    scope = {
        "clinic_id": clinic_id,
        "now": now,
        "ids": [each.person.patient_id for each in looked],
        "looks": [_next(each, now) for each in looked],
        "zones": [each.whereabouts.zone for each in looked],
        "since": [each.whereabouts.zone_since for each in looked],
    }
    run(session, _SETTLE, scope)


def _next(looked: _Looked, now: datetime) -> datetime | None:
    if not looked.person.is_there:
        return None
    return look_at(looked.person.settled.wishes, looked.whereabouts, looked.person.runs, now)
