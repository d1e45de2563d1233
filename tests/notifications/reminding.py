"""The scene of the tests of reminders: a patient with a phone, a daily exercise since long ago, and workers who look.

It is May 2026; the 4th is a Monday. What a day is called by here is its number.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from hep_api.accounts.models.identity import RefreshToken
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.identifiers import new_id
from hep_api.notifications.actions.looking import REMIND
from hep_api.notifications.jobs.reminders import JOBS
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook
from tests.adherence.conftest import Scene, begin, event
from tests.notifications import phones
from tests.world import Person, World

BERLIN = "Europe/Berlin"
DAILY = {"kind": "daily", "times_per_day": 1}


def may(day: int, hour: int = 8, minute: int = 0, zone: str = BERLIN) -> datetime:
    """Return a wall time of a day of May 2026; days before the 1st and behind the 31st are of the months around."""
    on = date.fromordinal(date(2026, 5, 1).toordinal() + day - 1)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo(zone))


@dataclass
class Reminded:
    """A patient with a plan, and what becomes of their reminders."""

    plan: Scene
    device_id: UUID | None = None

    @property
    def world(self) -> World:
        return self.plan.world

    @property
    def patient(self) -> Person:
        return self.plan.patient

    @property
    def lead(self) -> Person:
        return self.plan.lead

    @property
    def path(self) -> str:
        return f"/v1/patients/{self.patient.patient_id}"

    def settings(self, by: Person | None = None) -> Any:
        answer = (by or self.patient).http.get(f"{self.path}/reminders")
        assert answer.status_code == 200, answer.json
        return answer.json

    def put(self, *times: str, **body: Any) -> TestResponse:
        """Wish for reminders at these times of every day, and for no nudge, unless told otherwise."""
        tag = self.patient.http.get(f"{self.path}/reminders").headers["ETag"]
        wished = {"is_on": True, "times": [{"at": at} for at in times], "nudge": False, **body}
        return self.patient.http.put(f"{self.path}/reminders", json=wished, headers={"If-Match": tag})

    def wish(self, *times: str, **body: Any) -> None:
        answer = self.put(*times, **body)
        assert answer.status_code == 200, answer.json

    def report(self, now: datetime, *days: int, **fields: Any) -> None:
        """Report the first exercise at a moment, as done on that day or on other days of May."""
        with time_machine.travel(now, tick=False):
            phone = self.world.sign_in(self.patient)
            on = [may(day) for day in days] or [now]
            items = [
                event(self.plan.daily, day.date().isoformat(), performed_at=day.isoformat(), **fields) for day in on
            ]
            assert set(self.plan.outcomes(*items, by=phone)) == {"applied"}

    def look(self, *moments: datetime) -> None:
        """Let a worker look at each of these moments."""
        for now in moments:
            look(self.world, self.patient.clinic_id, now)

    def reminded(self, by: Person | None = None) -> list[str]:
        """Return what became of reminders, the oldest first, such as "04 08:00 told" or "04 20:00 told nudge"."""
        answer = (by or self.patient).http.get(f"{self.path}/reminders/history?limit=200")
        assert answer.status_code == 200, answer.json
        return [
            f"{each['on'][-2:]} {each['at']} {each['state']}" + (" nudge" if each["kind"] == "second_nudge" else "")
            for each in reversed(answer.json["items"])
        ]

    def next_look(self) -> datetime | None:
        return rows(self.world, ReminderOutlook, self.patient)[0].look_at


def look(world: World, clinic_id: UUID, now: datetime, part: int = 0) -> None:
    """Look at whom it is time for in a clinic, as a worker does."""
    with time_machine.travel(now, tick=False), world.app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        handler: Any = JOBS[REMIND]
        handler(session, {"clinic_id": str(clinic_id), "part": part}, now)


def reminded_patient(world: World, lead: Person, *schedules: dict[str, Any], **patient: Any) -> Reminded:
    """Make a patient with a phone and a plan since April, as things stand at the present moment."""
    person = world.patient(lead, **patient)
    stay_signed_in(world, person)
    scene = begin(world, lead, person, *(schedules or (DAILY,)), on="2026-04-06")
    return Reminded(scene, phones.registered(person))


def stay_signed_in(world: World, person: Person) -> None:
    """Let a sign-in be good for a month, as one is whose tokens are renewed now and then."""
    now = datetime.now(UTC)
    token = {"digest": new_id().bytes, "issued_at": now, "expires_at": now + timedelta(days=31)}
    with world.transaction() as session:
        session.add(RefreshToken(sign_in_id=person.sign_in_id, **token))


def rows(world: World, model: Any, of: Person) -> list[Any]:
    with world.transaction() as session:
        return list(session.scalars(select(model).where(model.patient_id == of.patient_id)))


def count_reminders(world: World, clinic_id: UUID) -> int:
    with world.transaction() as session:
        return len(session.scalars(select(Reminder.id).where(Reminder.clinic_id == clinic_id)).all())
