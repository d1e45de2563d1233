"""Pushes from end to end for tests: the product's own worker, and Google's push service on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select, update

from development.push_service.kept import Push as Arrived
from development.push_service.server import PushService
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import work
from hep_api.foundation.jobs.models import Job
from hep_api.notifications.actions.pushing import push
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.pushes import Push, PushPause
from hep_api.notifications.told import Told
from tests.notifications.phones import a_token, registered
from tests.world import Person, World

DAY = timedelta(days=1)


@dataclass
class Pushing:
    """A product whose pushes arrive at `service`, and what tests do with it."""

    app: Flask
    world: World
    service: PushService

    def phone(self, person: Person, **said: Any) -> str:
        """Register a phone of the person's and return its token."""
        token = a_token()
        registered(person, token, **said)
        return token

    def tell(self, *people: Person, kind: NoticeKind = NoticeKind.TEST, **more: Any) -> UUID:
        """Tell people of one clinic of one thing; return its id. A test is true whenever it is told."""
        subject_id = more.pop("subject_id", None) or new_id()
        lives = more.pop("lives", DAY)
        told = [Told(person.member_id, kind, subject_id, lives, **more) for person in people]
        with self.app.app_context(), transaction() as session:
            tenancy.act_for(session, people[0].clinic_id)
            push(session, people[0].clinic_id, told, datetime.now(UTC))
        return subject_id

    def run(self) -> int:
        """Run what is due."""
        with self.app.app_context():
            return work.run_due_jobs()

    def later(self) -> int:
        """Let all pauses be over, and run what is due then."""
        now = datetime.now(UTC)
        with self.world.transaction() as session:
            session.execute(update(PushPause).values(paused_until=now))
            waiting = Push.finished_at.is_(None)
            session.execute(update(Push).where(waiting).values(due_at=now, leased_until=None))
            unfinished = Job.outcome.is_(None)
            session.execute(update(Job).where(unfinished).values(run_at=now, leased_until=None))
        return self.run()

    def rows(self, *people: Person) -> Sequence[Push]:
        """Return the pushes to these people, the first first."""
        theirs = Push.member_id.in_([person.member_id for person in people])
        with self.world.transaction() as session:
            return session.scalars(select(Push).where(theirs).order_by(Push.created_at, Push.id)).all()

    def came(self, *people: Person) -> list[tuple[str, str | None]]:
        """Return the state and the result of each push to these people."""
        return [(row.state.value, row.result.value if row.result else None) for row in self.rows(*people)]

    def accepted(self, token: str) -> Sequence[Arrived]:
        return self.service.kept.accepted(token)

    def forget(self) -> None:
        """Leave nothing waiting for the next test."""
        with self.world.transaction() as session:
            for table in (Push, PushPause, Job):
                session.execute(delete(table))
        self.service.clear()
