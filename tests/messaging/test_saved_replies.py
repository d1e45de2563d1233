"""Saved replies: whose they are, what they leave open, and that filling one in sends nothing."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from hep_api.clinics.models import Location
from hep_api.messaging.placeholders import Placeholder, filled, missing_in, unknown_in
from tests.messaging.conftest import Scene, named
from tests.world import Person

PATH = "/v1/saved-replies"


def save(person: Person, scope: str, body: str, title: str = "Title") -> Any:
    return person.http.post(PATH, json={"scope": scope, "title": title, "body": body})


def titles(person: Person, query: str = "") -> list[str]:
    return [each["title"] for each in person.http.get(f"{PATH}{query}").json["items"]]


@pytest.mark.parametrize(
    ("body", "unknown", "words"),
    [
        ("Hello {patient_name}.", [], "Hello {clinic_name}."),
        ("{patient_name} {patient_name} {x}", ["x"], None),
        ("{Patient} { patient_name } {} {{patient_name}} }{", [], "{Patient} { patient_name } {} {{clinic_name}} }{"),
        ("no braces", [], "no braces"),
        ("{first_name}{next_visit}{first_name}", ["first_name", "next_visit"], None),
    ],
)
def test_placeholders(body: str, unknown: list[str], words: str | None) -> None:
    """A value that looks like a placeholder is not filled in again."""
    values = {Placeholder.PATIENT_NAME: "{clinic_name}", Placeholder.CLINIC_NAME: "never"}
    assert unknown_in(body) == unknown
    if words is not None:
        assert filled(body, values) == words
        assert missing_in(body, values) == []
    assert missing_in("{emergency_line} {patient_name}", values) == [Placeholder.EMERGENCY_LINE]


def test_leaders_write_the_clinics_and_practitioners_their_own(scene: Scene) -> None:
    world, lead = scene.world, scene.lead
    manager, second = world.manager(lead.clinic_id), world.practitioner(lead.clinic_id)
    clinics = save(manager, "clinic", "Welcome to {clinic_name}.", "B")
    own = save(lead, "own", "Yours, {practitioner_name}.", "A")
    assert (clinics.status_code, own.status_code) == (201, 201)
    assert named(save(lead, "clinic", "x"))[2] == named(save(manager, "own", "x"))[2] == [("/scope", "scope")]
    assert titles(lead) == ["A", "B"]
    assert titles(second) == titles(manager) == ["B"]
    assert (titles(lead, "?scope=own"), titles(lead, "?scope=clinic")) == (["A"], ["B"])
    first = lead.http.get(f"{PATH}?limit=1").json
    assert [each["title"] for each in lead.http.get(f"{PATH}?cursor={first['next_cursor']}").json["items"]] == ["B"]
    assert titles(world.manager(world.clinic())) == []
    assert scene.patient.http.get(PATH).status_code == 403

    of_clinic, of_lead = (f"{PATH}/{each.json['id']}" for each in (clinics, own))
    tag = {"If-Match": clinics.headers["ETag"]}
    assert lead.http.patch(of_clinic, json={"title": "C"}, headers=tag).status_code == 403
    assert lead.http.delete(of_clinic).status_code == 403
    assert manager.http.patch(of_clinic, json={"title": "C"}).status_code == 428
    changed = manager.http.patch(of_clinic, json={"title": "C"}, headers=tag)
    assert (changed.json["title"], changed.json["version"], changed.json["body"]) == ("C", 2, clinics.json["body"])
    assert manager.http.patch(of_clinic, json={"title": "D"}, headers=tag).status_code == 412
    for other in (second, manager):
        assert other.http.get(of_lead).status_code == 404
        assert other.http.delete(of_lead).status_code == 404
    assert lead.http.get(of_lead).json["scope"] == "own"
    assert lead.http.delete(of_lead).status_code == manager.http.delete(of_clinic).status_code == 204
    assert titles(lead) == []


def test_a_reply_is_filled_in_for_a_conversation_and_not_sent(scene: Scene) -> None:
    lead, second = scene.lead, scene.world.practitioner(scene.lead.clinic_id)
    refused = save(lead, "own", "Hello {first_name}")
    assert named(refused)[2] == [("/body", "placeholder")]
    assert "{patient_name}" in refused.json["errors"][0]["detail"]
    reply = save(lead, "own", "Hello {patient_name}, {practitioner_name} of {clinic_name}, {location_name}.").json
    path = scene.path(f"/saved-replies/{reply['id']}")
    patient_name = scene.seen_by(lead)["patient_name"]
    people = {each["member_id"]: each["name"] for each in scene.seen_by(lead)["people"]}
    words = f"Hello {patient_name}, {people[str(lead.member_id)]} of Test clinic, Main."
    answer = lead.http.post(path)
    assert (answer.status_code, answer.json) == (200, {"body": words})
    assert scene.read(lead)["items"] == []
    assert (second.http.post(path).status_code, scene.patient.http.post(path).status_code) == (404, 403)
    scene.world.join_care_team(scene.patient, second)
    assert second.http.post(path).status_code == 404  # somebody else's own
    assert lead.http.post(scene.path(f"/saved-replies/{uuid4()}")).status_code == 404

    urgent = save(lead, "own", "Call {emergency_line}.").json
    path = scene.path(f"/saved-replies/{urgent['id']}")
    assert named(lead.http.post(path)) == (409, "conflict", [("reply_id", "placeholder")])
    owner, settings = scene.world.owner(lead.clinic_id), "/v1/clinic/messaging"
    tag = {"If-Match": owner.http.get(settings).headers["ETag"]}
    assert owner.http.patch(settings, json={"emergency_line": "+49 30 112"}, headers=tag).status_code == 200
    assert lead.http.post(path).json == {"body": "Call +49 30 112."}
    with scene.world.transaction() as session:
        session.execute(update(Location).where(Location.clinic_id == lead.clinic_id).values(name="L" * 60))
    long = save(lead, "own", "x" * 3980 + "{location_name}").json
    refused = lead.http.post(scene.path(f"/saved-replies/{long['id']}"))
    assert named(refused) == (409, "conflict", [("reply_id", "length")])
