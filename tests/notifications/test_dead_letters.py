"""What was given up: owners see it without learning whose it was, and have it tried again. And testing a phone."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from development.push_service import faults
from hep_api.notifications.delivery.carriers import Carriers
from hep_api.notifications.models.pushes import Push
from tests.notifications.phones import DEVICES, a_token, registered
from tests.notifications.pushing import Pushing
from tests.world import Person

PUSHES = "/v1/clinic/pushes"


@pytest.fixture
def owner(pushing: Pushing) -> Person:
    return pushing.world.owner(pushing.world.clinic())


@pytest.fixture
def patient(pushing: Pushing, owner: Person) -> Person:
    return pushing.world.patient(pushing.world.practitioner(owner.clinic_id))


def retry(owner: Person, push: Any) -> Any:
    return owner.http.post(f"{PUSHES}/{push['id']}/retry")


def test_what_cannot_get_better_is_a_dead_letter_at_once_and_is_tried_again_by_an_owner(
    pushing: Pushing, owner: Person, patient: Person
) -> None:
    token = pushing.phone(patient)
    for fault in (faults.INVALID_ARGUMENT, faults.THIRD_PARTY_AUTH_ERROR, faults.THIRD_PARTY_AUTH_ERROR):
        pushing.service.fail(fault)
    pushing.tell(patient)
    pushing.tell(patient)
    pushing.run()
    second, first = owner.http.get(PUSHES).json["items"]
    assert (first["state"], first["result"], first["attempts"]) == ("dead", "refused", 1)
    assert second["result"] == "third_party_auth"
    shown = owner.http.get(PUSHES).get_data(as_text=True)
    hidden = token, str(patient.member_id), str(pushing.rows(patient)[0].device_id)
    assert not any(word in shown for word in (*hidden, str(pushing.rows(patient)[0].subject_id)))

    page = owner.http.get(f"{PUSHES}?limit=1").json
    assert owner.http.get(f"{PUSHES}?limit=1&cursor={page['next_cursor']}").json["items"] == [first]

    again = retry(owner, first)
    assert (again.status_code, again.json["state"], again.json["retried_at"] is None) == (200, "waiting", False)
    assert retry(owner, first).json == again.json
    pushing.run()
    assert len(pushing.accepted(token)) == 1
    # Asked once more, as after an answer that was lost: it is tried no second time.
    assert retry(owner, first).json["state"] == "sent"
    assert pushing.run() == 0
    assert [push["id"] for push in owner.http.get(PUSHES).json["items"]] == [second["id"]]
    assert [push["id"] for push in owner.http.get(f"{PUSHES}?state=sent").json["items"]] == [first["id"]]
    assert retry(owner, {"id": uuid4()}).status_code == 404


def test_after_the_most_tries_it_is_given_up(pushing: Pushing, owner: Person, patient: Person) -> None:
    pushing.phone(patient)
    pushing.tell(patient)
    with pushing.world.transaction() as session:
        session.execute(update(Push).values(attempts=11))
    pushing.service.fail(faults.INTERNAL)
    pushing.run()
    assert pushing.came(patient) == [("dead", "server_error")]
    # Tried again it has all its tries, and as long a life as at first, however often.
    life = pushing.rows(patient)[0].expires_at - pushing.rows(patient)[0].created_at
    with pushing.world.transaction() as session:
        half_later = {"retried_at": Push.created_at + life / 2, "expires_at": Push.expires_at + life / 2}
        session.execute(update(Push).values(half_later))
    pushing.service.fail(faults.INTERNAL)
    assert retry(owner, owner.http.get(PUSHES).json["items"][0]).status_code == 200
    pushing.run()
    assert pushing.came(patient) == [("waiting", "server_error")]
    [row] = pushing.rows(patient)
    assert row.retried_at
    assert row.expires_at - row.retried_at == life


def test_nothing_is_tried_again_that_was_not_given_up_or_has_nowhere_to_go(
    pushing: Pushing, owner: Person, patient: Person
) -> None:
    pushing.phone(patient)
    pushing.tell(patient)
    pushing.run()
    [sent] = owner.http.get(f"{PUSHES}?state=sent").json["items"]
    assert retry(owner, sent).json["code"] == "push_not_dead"

    pushing.service.fail(faults.INVALID_ARGUMENT)
    pushing.tell(patient)
    pushing.run()
    [dead] = owner.http.get(PUSHES).json["items"]
    carriers = pushing.app.extensions["hep_carriers"]
    pushing.app.extensions["hep_carriers"] = Carriers({})
    try:
        assert retry(owner, dead).json["code"] == "push_not_configured"
    finally:
        pushing.app.extensions["hep_carriers"] = carriers
    [device] = patient.http.get(DEVICES).json["items"]
    assert patient.http.delete(f"{DEVICES}/{device['id']}").status_code == 204
    refused = retry(owner, dead)
    assert (refused.status_code, refused.json["code"]) == (409, "device_gone")
    # Nor is it another clinic's to try.
    assert retry(pushing.world.owner(pushing.world.clinic()), dead).status_code == 404


def test_a_phone_is_tested_by_whoever_holds_it_and_says_what_came_of_it(
    pushing: Pushing, owner: Person, patient: Person
) -> None:
    token = a_token()
    device = f"{DEVICES}/{registered(patient, token)}/test"
    assert patient.http.get(device).status_code == 404
    asked = patient.http.post(device)
    assert (asked.status_code, asked.json["kind"], asked.json["state"]) == (202, "test", "waiting")
    pushing.run()
    assert patient.http.get(device).json["state"] == "sent"
    assert [push.data["type"] for push in pushing.accepted(token)] == ["test"]
    for other in (owner, pushing.world.patient(owner)):
        assert [other.http.send(method, device).status_code for method in ("GET", "POST")] == [404, 404]

    pushing.service.fail(faults.UNREGISTERED)
    assert patient.http.post(device).status_code == 202
    pushing.run()
    assert patient.http.get(device).json["result"] == "unregistered"
    assert patient.http.post(device).status_code == 404
