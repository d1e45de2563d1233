"""What those who remind patients say of reminders that nobody heeds: noted here, as the rules look down only."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.foundation import clock
from hep_api.foundation.database import run
from hep_api.insights.actions.asking import AboutPatient, ask, ask_several
from hep_api.insights.models import UnheededReminders

# Told again at each look, so what is known already is neither written nor judged anew.
_NOTE = """
INSERT INTO unheeded_reminders AS noted (clinic_id, patient_id, days, first_on, last_on, event_seq, noted_at)
SELECT %(clinic_id)s, told.patient_id, told.days, told.first_on, told.last_on,
       coalesce((SELECT event.seq FROM adherence_event AS event
                  WHERE event.clinic_id = %(clinic_id)s AND event.patient_id = told.patient_id
                  ORDER BY event.seq DESC LIMIT 1), 0), %(at)s
  FROM jsonb_to_recordset(CAST(%(told)s AS jsonb)) AS told (patient_id uuid, days int, first_on date, last_on date)
    ON CONFLICT (clinic_id, patient_id) DO UPDATE
   SET days = excluded.days, first_on = excluded.first_on, last_on = excluded.last_on, event_seq = excluded.event_seq,
       noted_at = excluded.noted_at
 WHERE (noted.days, noted.last_on, noted.event_seq) <> (excluded.days, excluded.last_on, excluded.event_seq)
RETURNING patient_id
"""


class Ignored(Protocol):
    """Reminders reached a patient on so many days, from the first to the last, and nothing was recorded since."""

    @property
    def patient_id(self) -> UUID: ...

    @property
    def days(self) -> int: ...

    @property
    def first_on(self) -> date: ...

    @property
    def last_on(self) -> date: ...


class ToldOfIgnored(Protocol):
    """A fact about several patients of a clinic."""

    @property
    def clinic_id(self) -> UUID: ...

    @property
    def ignored(self) -> Sequence[Ignored]: ...

    @property
    def at(self) -> datetime: ...


def note_unheeded(session: Session, fact: ToldOfIgnored) -> None:
    """React to reminders that nobody heeds: judge those patients for whom it is news; two statements for any number."""
    told = [
        {
            "patient_id": str(each.patient_id),
            "days": each.days,
            "first_on": each.first_on.isoformat(),
            "last_on": each.last_on.isoformat(),
        }
        for each in fact.ignored
    ]
    rows = run(session, _NOTE, {"clinic_id": fact.clinic_id, "told": json.dumps(told), "at": fact.at})
    news = [row.patient_id for row in rows]
    if news:
        ask_several(session, fact.clinic_id, news, fact.at)


def forget_unheeded(session: Session, fact: AboutPatient) -> None:
    """React to a patient who has settled anew when to be reminded: that is an answer, too."""
    these = (UnheededReminders.clinic_id == fact.clinic_id) & (UnheededReminders.patient_id == fact.patient_id)
    if session.scalar(delete(UnheededReminders).where(these).returning(UnheededReminders.patient_id)) is not None:
        ask(session, fact.clinic_id, fact.patient_id, clock.now(), timedelta(0))
