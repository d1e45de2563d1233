"""The scene of the tests: Wednesday, 6 May 2026, noon in Berlin; a patient with one daily exercise since 2 March."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import insert, update
from werkzeug.test import TestResponse

from hep_api.foundation.identifiers import new_id
from hep_api.insights.actions import reviewing
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message
from hep_api.messaging.models.policies import MessagingPolicy
from tests.adherence.conftest import NOON, Scene, begin, event
from tests.world import Person, World

NOW = datetime.fromisoformat(NOON)
DAILY = {"kind": "daily", "times_per_day": 1}


@dataclass
class Watched:
    """The patient's plan, whoever leads, a colleague on the care team, and what the attention list says."""

    plan: Scene
    colleague: Person

    @property
    def world(self) -> World:
        return self.plan.world

    @property
    def lead(self) -> Person:
        return self.plan.lead

    @property
    def patient(self) -> Person:
        return self.plan.patient

    def report(self, *days: str, **fields: Any) -> list[dict[str, Any]]:
        """Report the exercise on days of May 2026 as done, unless told otherwise."""
        items = [event(self.plan.daily, f"2026-05-{day}", **fields) for day in days]
        assert set(self.plan.outcomes(*items)) == {"applied"}
        return items

    def review(self, now: datetime = NOW) -> None:
        """Judge the rules as the worker does, at some moment."""
        with self.world.transaction() as session:
            reviewing.review(session, self.lead.clinic_id, [self.patient.patient_id], now)

    def entries(self, by: Person | None = None, **query: Any) -> list[Any]:
        answer = (by or self.lead).http.get("/v1/attention", query_string=query)
        assert answer.status_code == 200, answer.json
        items: list[Any] = answer.json["items"]
        return items

    def entry(self, rule: str, **query: Any) -> Any:
        """Return the one entry of a rule in a state: open, when it is not said."""
        (found,) = self.entries(rule=rule, **query)
        return found

    def rules(self, **query: Any) -> list[str]:
        return [each["rule"] for each in self.entries(**query)]

    def settle(self, entry: Any, verb: str, by: Person | None = None, **body: Any) -> TestResponse:
        """Do something with an entry, as it is now."""
        person, path = by or self.lead, f"/v1/attention/{entry['id']}"
        tag = {"If-Match": self.lead.http.get(path).headers["ETag"]}
        method = "PUT" if verb == "owner" else "POST"
        return person.http.send(method, f"{path}/{verb}", json=body, headers=tag)

    def history(self, entry: Any) -> list[str]:
        answer = self.lead.http.get(f"/v1/attention/{entry['id']}")
        return [each["change"] for each in answer.json["history"]]

    def say(self, by: Person, hours_ago: float, body: str = "hello") -> int:
        """Write into the conversation some hours ago; return the number."""
        answer = by.http.post(
            f"/v1/conversations/{self.conversation_id}/messages", json={"client_id": str(new_id()), "body": body}
        )
        assert answer.status_code == 201, answer.json
        said = (Message.conversation_id == self.conversation_id) & (Message.seq == answer.json["seq"])
        with self.world.transaction() as session:
            session.execute(update(Message).where(said).values(sent_at=NOW - timedelta(hours=hours_ago)))
            waits = (Conversation.id == self.conversation_id) & (Conversation.waiting_seq == answer.json["seq"])
            session.execute(update(Conversation).where(waits).values(waiting_since=NOW - timedelta(hours=hours_ago)))
        seq: int = answer.json["seq"]
        return seq

    def report_read(self, seq: int) -> None:
        """Let the patient have read up to a number."""
        path = f"/v1/conversations/{self.conversation_id}/receipt"
        assert self.patient.http.put(path, json={"read_seq": seq}).status_code == 200

    @property
    def conversation_id(self) -> UUID:
        return UUID(self.patient.http.get("/v1/conversations").json["items"][0]["id"])


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def watched(world: World, noon: time_machine.Traveller) -> Watched:
    return watch(world, world.practitioner(clinic_without_alarms(world)))


def clinic_without_alarms(world: World) -> UUID:
    """Make a clinic where strong pain is for the list's own rules; what alarms at once has tests of its own."""
    clinic_id = world.clinic()
    silent = {"red_flag_pain": None, "card_on_pain": None, "card_on_unclear": False}
    with world.transaction() as session:
        session.execute(insert(MessagingPolicy).values(clinic_id=clinic_id, **silent))
    return clinic_id


def watch(world: World, lead: Person) -> Watched:
    patient, colleague = world.patient(lead), world.practitioner(lead.clinic_id)
    world.join_care_team(patient, colleague)
    return Watched(begin(world, lead, patient, DAILY), colleague)


def may(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def on(day: int) -> date:
    return date(2026, 5, day)
