"""Bad input through the public doors: each refusal is a 4xx, an item's outcome or an acknowledgement, all of one shape,
that names the field and the rule; and nothing else changes.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import socketio
from flask import Flask

from hep_api.foundation.settings import Settings
from tests.journeys import clinics
from tests.journeys.clinics import Caller, Clinic
from tests.messaging import live

PROBLEM = {"type", "title", "status", "code", "detail", "errors"}


@pytest.fixture(scope="module")
def web(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Served]:
    with live.served(settings, tmp_path_factory.mktemp("web")) as web:
        live.await_ready(web)
        yield web
        assert "Traceback" not in web.log, web.log


@pytest.fixture(scope="module")
def http(web: live.Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=web.url, timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def clinic(app: Flask, http: httpx.Client) -> Clinic:
    return clinics.open_clinic(app, http)


@pytest.fixture(scope="module")
def elsewhere(app: Flask, http: httpx.Client) -> Clinic:
    """Another clinic, with a patient and plan of its own."""
    return clinics.open_clinic(app, http)


@pytest.fixture
def unchanged(request: pytest.FixtureRequest, clinic: Clinic) -> Iterator[None]:
    """Nothing of the clinics that the test is about looks other after it than before."""
    elsewhere = [request.getfixturevalue("elsewhere")] if "elsewhere" in request.fixturenames else []
    concerned = [clinic, *elsewhere]
    before = [each.shown() for each in concerned]
    yield
    assert [each.shown() for each in concerned] == before


def named(problem: dict[str, Any]) -> list[tuple[str, str]]:
    """Hold a problem to its shape; return the fields and rules that it names."""
    assert problem.keys() >= PROBLEM
    for error in problem["errors"]:
        assert error.keys() == {"field", "rule", "detail"}
        assert error["detail"].endswith(".")
    return [(error["field"], error["rule"]) for error in problem["errors"]]


def publish(clinic: Clinic, item: dict[str, Any]) -> Any:
    return clinic.practitioner.call(
        "POST",
        f"/v1/plans/{clinic.plan_id}/revisions",
        json={"items": [item]},
        headers={"If-Match": clinic.etag()},
    )


@pytest.mark.parametrize(
    ("schedule", "field", "rule"),
    [
        ({"kind": "daily", "times_per_day": 0}, "times_per_day", "range"),
        ({"kind": "daily", "times_per_day": 13}, "times_per_day", "range"),
        ({"kind": "daily", "times_per_day": 7.9}, "times_per_day", "type"),
        ({"kind": "daily"}, "times_per_day", "required"),
        ({"kind": "daily", "times_per_day": 1, "weekdays": ["mon"]}, "weekdays", "other_kind"),
        ({"kind": "weekdays", "weekdays": [], "times_per_day": 1}, "weekdays", "required"),
        ({"kind": "weekdays", "weekdays": ["someday"], "times_per_day": 1}, "weekdays/0", "choice"),
        ({"kind": "every_n_days", "every_n_days": 1, "times_per_day": 1}, "every_n_days", "range"),
        ({"kind": "weekly_quota", "times_per_week": 8}, "times_per_week", "range"),
        ({"kind": "sometimes"}, "kind", "choice"),
        ({}, "kind", "required"),
    ],
)
def test_a_schedule_that_makes_no_sense(
    clinic: Clinic, unchanged: None, schedule: dict[str, Any], field: str, rule: str
) -> None:
    answer = publish(clinic, clinics.item(clinic.exercise_id, schedule=schedule))
    assert answer.status_code == 422
    assert (f"/items/0/schedule/{field}", rule) in named(answer.json())


def test_an_exercise_of_another_clinic(clinic: Clinic, elsewhere: Clinic, unchanged: None) -> None:
    foreign, unknown = (publish(clinic, clinics.item(each)) for each in (elsewhere.exercise_id, str(uuid4())))
    assert foreign.status_code == unknown.status_code == 422
    [(field, _)] = named(foreign.json())
    assert field == "/items/0/exercise_id"
    assert foreign.json()["errors"] == unknown.json()["errors"]


def upload(clinic: Clinic, *events: Any) -> Any:
    return clinic.patient.call("POST", f"/v1/patients/{clinic.patient.id}/events", json={"events": list(events)})


def outcome_of(clinic: Clinic, event: Any) -> tuple[str, list[tuple[str, str]]]:
    answer = upload(clinic, event)
    assert answer.status_code == 200
    [outcome] = answer.json()["outcomes"]
    error = outcome["error"]
    return outcome["outcome"], [(error["field"], error["rule"])] if error else []


@pytest.mark.parametrize(
    ("content", "field", "rule"),
    [
        ({"performed_at": "1970-01-01T08:00:00Z", "performed_on": "1970-01-01"}, "/performed_at", "too_old"),
        (clinics.in_hours(27), "/performed_at", "in_future"),
        ({"performed_at": "20000-01-01T00:00:00Z"}, "/performed_at", "instant"),
        ({"performed_on": "infinity"}, "/performed_on", "date"),
        ({"performed_on": "2020-01-01"}, "/performed_on", "far_from_performed_at"),
        ({"zone": "Mars/Olympus"}, "/zone", "zone"),
        ({"pain": 11}, "/pain", "range"),
        ({"pain": -1}, "/pain", "range"),
        ({"pain": "much"}, "/pain", "type"),
        ({"effort": 7.9}, "/effort", "type"),
        ({"kind": "maybe"}, "/kind", "choice"),
        ({"kind": "partial"}, "/sets", "amount"),
        ({"comment": "a\x00b"}, "/comment", "text"),
        ({"comment": "x" * 2001}, "/comment", "length"),
        ({"version": 99}, "/version", "unknown"),
        ({"id": "mine"}, "/id", "uuid"),
        ({"mood": "good"}, "/mood", "unknown"),
    ],
)
def test_an_event_that_cannot_be(clinic: Clinic, unchanged: None, content: Any, field: str, rule: str) -> None:
    assert outcome_of(clinic, clinic.event(**content)) == ("rejected", [(field, rule)])


def test_an_event_for_another_patients_prescription(clinic: Clinic, elsewhere: Clinic, unchanged: None) -> None:
    for prescription in (elsewhere.prescription_id, str(uuid4())):
        event = clinic.event(prescription_id=prescription)
        assert outcome_of(clinic, event) == ("rejected", [("/prescription_id", "unknown")])


def test_events_for_another_patient(clinic: Clinic, elsewhere: Clinic, unchanged: None) -> None:
    path = f"/v1/patients/{elsewhere.patient.id}/events"
    answer = clinic.patient.call("POST", path, json={"events": [elsewhere.event()]})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("size", [0, 501])
def test_a_batch_of_no_size_that_is_taken(clinic: Clinic, unchanged: None, size: int) -> None:
    answer = upload(clinic, *(clinic.event() for _ in range(size)))
    assert answer.status_code == 422
    assert named(answer.json()) == [("/events", "length")]


def test_a_bad_item_does_not_keep_the_good_ones_out(clinic: Clinic) -> None:
    answer = upload(clinic, clinic.event(pain=11), clinic.event(), "no event", clinic.event())
    assert [outcome["outcome"] for outcome in answer.json()["outcomes"]] == [
        "rejected",
        "applied",
        "rejected",
        "applied",
    ]


def test_an_id_used_twice_with_another_body(clinic: Clinic) -> None:
    event = clinic.event(comment="first")
    assert outcome_of(clinic, event) == ("applied", [])
    before = clinic.shown()
    assert outcome_of(clinic, event) == ("duplicate", [])
    assert outcome_of(clinic, {**event, "comment": "second"}) == ("conflict", [("/id", "conflict")])
    assert clinic.shown() == before


def message(**content: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "body": "hello"} | content


def test_a_message_to_a_conversation_one_is_not_in(clinic: Clinic, elsewhere: Clinic, unchanged: None) -> None:
    for conversation in (elsewhere.conversation_id, str(uuid4())):
        answer = clinic.patient.call("POST", f"/v1/conversations/{conversation}/messages", json=message())
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        with Socket(clinic.patient) as socket:
            refused = socket.send("message.send", message(conversation_id=conversation))
        assert not refused["ok"]
        assert (refused["status"], refused["code"]) == (404, "not_found")
        named(refused)


def test_a_message_whose_id_was_used_for_another(clinic: Clinic) -> None:
    path, first = f"/v1/conversations/{clinic.conversation_id}/messages", message()
    kept = clinic.patient.posts(path, first)
    before = clinic.shown()
    again = clinic.patient.call("POST", path, json={**first, "body": "other words"})
    assert (again.status_code, [field for field, _ in named(again.json())]) == (409, ["/client_id"])
    assert clinic.patient.posts(path, first) == kept
    assert clinic.shown() == before


class Socket:
    """A phone's socket, from CONNECT to the end of the block."""

    def __init__(self, caller: Caller, auth: dict[str, str] | None = None) -> None:
        self._client = socketio.Client(reconnection=False)
        self.refused: dict[str, Any] | None = None
        self._client.on("connect_error", self._note)
        self._url, self._auth = str(caller.http.base_url), {"token": caller.token} if auth is None else auth

    def _note(self, said: Any) -> None:
        self.refused = said

    def __enter__(self) -> "Socket":
        self._client.connect(self._url, auth=self._auth, transports=["websocket"])
        return self

    def __exit__(self, *_: object) -> None:
        self._client.shutdown()

    def send(self, command: str, body: Any) -> Any:
        return self._client.call(command, body, timeout=10)

    def is_refused(self) -> dict[str, Any]:
        """Try to connect, in vain; return the problem."""
        with pytest.raises(socketio.exceptions.ConnectionError):
            self.__enter__()
        self._client.shutdown()
        assert self.refused is not None
        problem: dict[str, Any] = self.refused["data"]
        assert problem["code"] == self.refused["message"]
        named(problem)
        return problem


def test_a_socket_without_a_token_or_with_a_bad_one(app: Flask, clinic: Clinic) -> None:
    expired = clinics.expired_token(app, clinic.patient)
    for auth, code in (
        ({}, "not_signed_in"),
        ({"token": "nonsense"}, "token_invalid"),
        ({"token": expired}, "token_expired"),
    ):
        problem = Socket(clinic.patient, auth).is_refused()
        assert (problem["status"], problem["code"]) == (401, code)
    with Socket(clinic.patient) as socket:
        assert socket.send("message.send", message(conversation_id=clinic.conversation_id))["ok"]


def deep(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


def test_json_a_hundred_levels_deep(clinic: Clinic, unchanged: None) -> None:
    for path in (f"/v1/patients/{clinic.patient.id}/events", f"/v1/conversations/{clinic.conversation_id}/messages"):
        answer = clinic.patient.call("POST", path, json={"events": deep(100)})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
        assert "20 levels" in answer.json()["detail"]
    with Socket(clinic.patient) as socket:
        refused = socket.send("message.send", message(conversation_id=clinic.conversation_id, about=deep(100)))
    assert not refused["ok"]
    assert (refused["status"], refused["code"]) == (400, "malformed_json")


@pytest.mark.parametrize(
    ("content", "field", "rule"),
    [
        ({"body": ""}, "/body", "length"),
        ({"body": "x" * 4001}, "/body", "length"),
        ({"body": "a\x00b"}, "/body", "text"),
        ({"body": 7}, "/body", "type"),
        ({"client_id": "7"}, "/client_id", "uuid"),
        ({"about": {"kind": "mood", "id": str(uuid4())}}, "/about/kind", "choice"),
        ({"loud": True}, "/loud", "unknown"),
    ],
)
def test_a_message_that_cannot_be_is_refused_alike_at_both_doors(
    clinic: Clinic, unchanged: None, content: Any, field: str, rule: str
) -> None:
    path = f"/v1/conversations/{clinic.conversation_id}/messages"
    answer = clinic.patient.call("POST", path, json=message(**content))
    with Socket(clinic.patient) as socket:
        refused = socket.send("message.send", message(conversation_id=clinic.conversation_id, **content))
    assert (answer.status_code, refused["status"]) == (422, 422)
    assert named(answer.json()) == named(refused) == [(field, rule)]


def test_a_plan_before_its_day_needs_a_reason(clinic: Clinic, unchanged: None) -> None:
    path = f"/v1/patients/{clinic.patient.id}/plans"
    answer = clinic.practitioner.call("POST", path, json={"title": "Old", "starts_on": "2026-01-01"})
    assert answer.status_code == 422
    assert [field for field, _ in named(answer.json())] == ["/reason"]
