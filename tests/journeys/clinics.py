"""A clinic as a clinic comes to be: opened on the command line, its people invited, all by public doors.

Nothing here looks into the database; what has changed is what the doors show.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import jwt
from flask import Flask

PASSWORD = "a password of one's own"
BORN = "1975-06-30"
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Caller:
    """Somebody at the HTTP client, signed in or not."""

    http: httpx.Client
    token: str = ""
    id: str = ""

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.request(method, path, headers=headers | options.pop("headers", {}), **options)

    def gets(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def posts(self, path: str, body: dict[str, Any], **options: Any) -> Any:
        answer = self.call("POST", path, json=body, **options)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def comes_in(self, code: str) -> "Caller":
        """Accept an invitation and be signed in from here on."""
        entered = self.posts("/v1/invitations/accept", {"code": code, "password": PASSWORD, "birth_date": BORN})
        self.token, self.id = entered["access_token"], entered["member"]["id"]
        return self


@dataclass(frozen=True)
class Clinic:
    """An owner, a practitioner, and a patient of hers with a running plan of one exercise."""

    owner: Caller
    practitioner: Caller
    patient: Caller
    exercise_id: str
    plan_id: str
    prescription_id: str
    conversation_id: str

    def etag(self) -> str:
        return self.practitioner.call("GET", f"/v1/plans/{self.plan_id}").headers["ETag"]

    def shown(self) -> dict[str, Any]:
        """Return everything that the doors show of the patient: what a refused request may not change."""
        patient, plan = f"/v1/patients/{self.patient.id}", f"/v1/plans/{self.plan_id}"
        talk = f"/v1/conversations/{self.conversation_id}"
        paths = (f"{patient}/plans", f"{plan}/revisions", f"{plan}/pauses", f"{patient}/events", f"{patient}/adherence")
        shown = {path: self.practitioner.gets(path) for path in (*paths, f"{patient}/today", f"{talk}/messages", talk)}
        return shown | {"exercises": self.practitioner.gets("/v1/exercises?scope=clinic")}

    def event(self, **content: Any) -> dict[str, Any]:
        """An event that makes sense, but for what is given."""
        now = datetime.now(BERLIN)
        return {
            "id": str(uuid4()),
            "prescription_id": self.prescription_id,
            "version": 1,
            "kind": "done",
            "performed_at": now.isoformat(timespec="seconds"),
            "performed_on": now.date().isoformat(),
            "zone": "Europe/Berlin",
        } | content


def open_clinic(app: Flask, http: httpx.Client) -> Clinic:
    """Open a clinic and let its people in."""
    owner = Caller(http).comes_in(_open_on_the_command_line(app))
    practitioner = _let_in(owner, "/v1/members", role="practitioner")
    patient = _let_in(practitioner, "/v1/patients", birth_date=BORN)
    exercise = practitioner.posts(
        "/v1/exercises", {"name": "Squat", "steps": ["Bend."], "body_region": "knee", "scope": "clinic"}
    )
    today = datetime.now(UTC).astimezone(BERLIN).date().isoformat()
    plan = practitioner.posts(f"/v1/patients/{patient.id}/plans", {"title": "Knee", "starts_on": today})
    path = f"/v1/plans/{plan['id']}"
    revision = practitioner.posts(
        f"{path}/revisions",
        {"effective_on": today, "items": [item(exercise["id"])]},
        headers={"If-Match": practitioner.call("GET", path).headers["ETag"]},
    )
    [conversation] = patient.gets("/v1/conversations")["items"]
    prescription = revision["items"][0]["prescription_id"]
    return Clinic(owner, practitioner, patient, exercise["id"], plan["id"], prescription, conversation["id"])


def item(exercise_id: str, **content: Any) -> dict[str, Any]:
    """An exercise prescribed once a day, but for what is given."""
    usual = {"dose": {"sets": 3, "reps": 10}, "schedule": {"kind": "daily", "times_per_day": 1}}
    return {"exercise_id": exercise_id} | usual | content


def in_hours(hours: float) -> dict[str, str]:
    """When an event was performed, so many hours from now, with the local date that goes with it."""
    instant = datetime.now(BERLIN) + timedelta(hours=hours)
    return {"performed_at": instant.isoformat(timespec="seconds"), "performed_on": instant.date().isoformat()}


def expired_token(app: Flask, caller: Caller) -> str:
    """Return a token as the caller's was a day ago."""
    claims = jwt.decode(caller.token, options={"verify_signature": False})
    yesterday = datetime.now(UTC) - timedelta(days=1)
    token: str = app.extensions["hep_tokens"].issue(UUID(claims["sub"]), UUID(claims["sid"]), yesterday)
    return token


def _open_on_the_command_line(app: Flask) -> str:
    terms = {"slug": f"c-{uuid4()}", "zone": "Europe/Berlin", "owner-email": f"{uuid4()}@example.org"}
    options = [f"--{name}={value}" for name, value in terms.items()]
    said = app.test_cli_runner().invoke(args=["clinics", "create", "Clinic", "--owner-name=Olga", *options])
    found = re.search(r"^Invitation: (\S+)$", said.output, re.MULTILINE)
    assert found, said.output
    return found[1]


def _let_in(by: Caller, path: str, **content: Any) -> Caller:
    invited = by.posts(path, {"name": "Kim", "email": f"{uuid4()}@example.org", **content})
    return Caller(by.http).comes_in(invited["invitation"]["code"])
