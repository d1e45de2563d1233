"""The scene of the tests of red flags: a patient with one exercise, a lead, a colleague on the care team, a leader."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from hep_api.messaging.actions import passing_on
from hep_api.messaging.models.flags import RedFlag
from tests.messaging.conftest import Scene
from tests.messaging.test_sending import prescribe
from tests.plans import making
from tests.world import Person

CALM, ALARMING = "My knee is a bit stiff today.", "I have CHEST-pain and I can\u2019t breathe"


@dataclass
class Alerting:
    """What one tries in it, and what came of it."""

    talk: Scene
    colleague: Person
    prescription_id: UUID

    @property
    def lead(self) -> Person:
        return self.talk.lead

    @property
    def patient(self) -> Person:
        return self.talk.patient

    def event(self, pain: int | None = None, hours_ago: float = 0, **fields: Any) -> dict[str, Any]:
        at = datetime.now(making.BERLIN) - timedelta(hours=hours_ago)
        return {
            "id": str(uuid4()),
            "prescription_id": str(self.prescription_id),
            "version": 1,
            "kind": "done",
            "performed_at": at.isoformat(),
            "zone": "Europe/Berlin",
            "performed_on": at.date().isoformat(),
            "pain": pain,
            **fields,
        }

    def correction(self, of: dict[str, Any], revision: int = 1, **fields: Any) -> dict[str, Any]:
        return {**of, "id": str(uuid4()), "entry_id": of["id"], "revision": revision, **fields}

    def upload(self, *events: dict[str, Any], by: Person | None = None) -> Any:
        path = f"/v1/patients/{self.patient.patient_id}/events"
        answer = (by or self.patient).http.post(path, json={"events": list(events)})
        assert answer.status_code == 200, answer.json
        return answer.json

    def flags(self, by: Person | None = None, **query: Any) -> list[Any]:
        answer = (by or self.lead).http.get("/v1/flags", query_string=query)
        assert answer.status_code == 200, answer.json
        found: list[Any] = answer.json["items"]
        return found

    def flag(self, **query: Any) -> Any:
        (found,) = self.flags(**query)
        return found

    def in_full(self, flag_id: str) -> Any:
        answer = self.lead.http.get(f"/v1/flags/{flag_id}")
        assert answer.status_code == 200, answer.json
        return answer.json

    def acknowledge(self, flag: Any, by: Person | None = None, **said: Any) -> TestResponse:
        body = {"cause_count": flag["cause_count"], **said}
        return (by or self.lead).http.post(f"/v1/flags/{flag['id']}/acknowledge", json=body)

    def settle(self, **policy: Any) -> None:
        """Let a leader change the clinic's settings."""
        leader = self.talk.world.owner(self.lead.clinic_id)
        tag = leader.http.get("/v1/clinic/messaging").headers["ETag"]
        answer = leader.http.patch("/v1/clinic/messaging", json=policy, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.json

    def messages(self, kind: str) -> list[Any]:
        return [each for each in self.talk.read(self.patient)["items"] if each["kind"] == kind]

    def pass_on(self, times: int = 1) -> None:
        """Let the present turn be over, as the worker does when it is due."""
        for _ in range(times):
            with self.talk.world.transaction() as session:
                flag = session.scalars(
                    select(RedFlag).where(
                        RedFlag.patient_id == self.patient.patient_id, RedFlag.acknowledged_at.is_(None)
                    )
                ).one()
                passing_on.pass_on(session, flag.clinic_id, flag.id, flag.passes, flag.passes_on_at)


def make_alerting(talk: Scene) -> Alerting:
    colleague = talk.world.practitioner(talk.lead.clinic_id)
    talk.world.join_care_team(talk.patient, colleague)
    return Alerting(talk, colleague, prescribe(talk.lead, talk.patient))
