"""The scene of the tests of telling: a patient and a care team with phones, a worker, and a clock that tests set."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import select

from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.models import Job
from hep_api.messaging.actions import presence
from hep_api.messaging.presence import State
from tests.messaging.conftest import Scene, make_scene
from tests.notifications.pushing import Pushing
from tests.notifications.test_preferences import CLINICS, OWN, change
from tests.world import Person

HELD = timedelta(seconds=5)


@dataclass
class Telling:
    """What happens in the scene, and which phones ring for it."""

    pushing: Pushing
    clock: time_machine.Traveller
    talk: Scene
    patients: str
    leads: str
    heard: dict[str, int] = field(default_factory=dict)

    @property
    def patient(self) -> Person:
        return self.talk.patient

    @property
    def lead(self) -> Person:
        return self.talk.lead

    def after(self, **time: float) -> None:
        """Let time pass, and the worker work; people's apps renew their tokens meanwhile."""
        self.clock.shift(timedelta(**time))
        tokens = self.pushing.app.extensions["hep_tokens"]
        for person in (self.patient, self.lead):
            person.http.token = tokens.issue(person.account_id, person.sign_in_id, datetime.now(UTC))
        self.pushing.run()

    def rang(self, phone: str) -> list[str]:
        """Return what a phone has rung for since it was asked last."""
        arrived = self.pushing.accepted(phone)
        new = arrived[self.heard.get(phone, 0) :]
        self.heard[phone] = len(arrived)
        return [each.data["type"] for each in new]

    def rings(self) -> tuple[list[str], list[str]]:
        """Return what the patient's phone and the lead's have rung for since."""
        return self.rang(self.patients), self.rang(self.leads)

    def say(self, person: Person, *words: str) -> None:
        self.talk.say(person, *words)

    def wish(self, person: Person, **wishes: Any) -> None:
        answer = change(person, OWN, **wishes)
        assert answer.status_code == 200, answer.get_json()

    def settle(self, **wishes: Any) -> None:
        """Let a leader settle how the clinic's people are told."""
        answer = change(self.talk.world.owner(self.lead.clinic_id), CLINICS, **wishes)
        assert answer.status_code == 200, answer.get_json()

    def is_here(self, person: Person, state: State = State.HERE) -> None:
        """Let a person's app report that the conversation is on its screen, or no more."""
        with self.pushing.app.app_context(), transaction() as session:
            tenancy.act_for(session, person.clinic_id)
            presence.report_presence(session, person.viewer, self.talk.id, {"state": state, "asks": False})

    def waiting_jobs(self, kind: str) -> list[Job]:
        with self.talk.world.transaction() as session:
            of_kind = (Job.kind == kind) & Job.outcome.is_(None) & (Job.clinic_id == self.lead.clinic_id)
            return list(session.scalars(select(Job).where(of_kind)))


def make_telling(pushing: Pushing, clock: time_machine.Traveller, clinic_id: UUID | None = None) -> Telling:
    talk = make_scene(pushing.world, clinic_id)
    return Telling(pushing, clock, talk, pushing.phone(talk.patient), pushing.phone(talk.lead))
