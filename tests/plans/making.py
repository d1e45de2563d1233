"""Plans made through the public door, for the tests of every capability that needs one.

plan = making.start(lead, patient)
squats = making.publish(plan, making.new_item(making.exercise(lead)))
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.test import TestResponse

from tests.world import Person

DOSE: dict[str, Any] = {"sets": 3, "reps": 10}
DAILY: dict[str, Any] = {"kind": "daily", "times_per_day": 1}
BERLIN = ZoneInfo("Europe/Berlin")


def today(zone: ZoneInfo = BERLIN) -> date:
    """Return today's date where the patients of the tests live."""
    return datetime.now(UTC).astimezone(zone).date()


def in_days(days: int) -> str:
    """Return the date so many days from today as JSON has it; negative for days ago."""
    return (today() + timedelta(days=days)).isoformat()


@dataclass
class MadePlan:
    """A plan, the practitioner who changes it, and the ETag that the next change needs."""

    by: Person
    id: UUID
    etag: str
    answer: dict[str, Any] = field(repr=False)

    def send(self, method: str, path: str, body: dict[str, Any], **headers: str) -> TestResponse:
        """Change the plan with its present ETag and keep the new one."""
        sent = {"If-Match": self.etag, **headers}
        response = self.by.http.send(method, f"/v1/plans/{self.id}{path}", json=body, headers=sent)
        if response.status_code < 300:
            self.etag = response.headers["ETag"]
        return response


def exercise(lead: Person, **content: Any) -> UUID:
    """Add an exercise to the clinic's library and return its id."""
    body = {"name": "Squat", "summary": "Bend and stretch.", "steps": ["Bend.", "Stretch."], "body_region": "knee"}
    response = lead.http.post("/v1/exercises", json={**body, **content})
    assert response.status_code == 201, response.get_json()
    return UUID(response.get_json()["id"])


def start(lead: Person, patient: Person, **content: Any) -> MadePlan:
    """Start a plan, today unless told otherwise; a start in the past gets a reason."""
    body = {"title": "After knee surgery", "starts_on": in_days(0), **content}
    if body["starts_on"] < in_days(0):
        body.setdefault("reason", "Taken over from another clinic.")
    response = lead.http.post(f"/v1/patients/{patient.member_id}/plans", json=body)
    assert response.status_code == 201, response.get_json()
    return MadePlan(lead, UUID(response.get_json()["id"]), response.headers["ETag"], response.get_json())


def new_item(exercise_id: UUID, **content: Any) -> dict[str, Any]:
    """An item that prescribes an exercise anew."""
    return {"exercise_id": str(exercise_id), "dose": DOSE, "schedule": DAILY, **content}


def carried_item(prescription_id: UUID | str, **content: Any) -> dict[str, Any]:
    """An item that carries on a prescription of the plan."""
    return {"prescription_id": str(prescription_id), "dose": DOSE, "schedule": DAILY, **content}


def publish(plan: MadePlan, *items: dict[str, Any], **content: Any) -> list[UUID]:
    """Publish a revision and return the prescriptions of its items; from the plan's first day when not told otherwise.

    A date in the past gets a reason.
    """
    body: dict[str, Any] = {"items": list(items), **content}
    body.setdefault("effective_on", max(plan.answer["starts_on"], in_days(0)))
    if body["effective_on"] < in_days(0):
        body.setdefault("reason", "It was so agreed.")
    response = plan.send("POST", "/revisions", body)
    assert response.status_code == 201, response.get_json()
    return [UUID(item["prescription_id"]) for item in response.get_json()["items"]]


def running_plan(lead: Person, patient: Person, *schedules: dict[str, Any], since_days: int = 0) -> list[UUID]:
    """Make a plan with one squat for each schedule, in force since so many days ago; return the prescriptions."""
    plan = start(lead, patient, starts_on=in_days(-since_days))
    squat = exercise(lead)
    items = [new_item(squat, schedule=schedule) for schedule in schedules or (DAILY,)]
    return publish(plan, *items, effective_on=in_days(-since_days))
