"""Every route of the who-may matrix leaves in the record what it must: who did what, to whom, allowed or denied.

The examples are the matrix's own, so a route without one fails there, and one that leaves nothing fails here.
"""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hep_api.audit.models import AMONG_STAFF, AuditEntry, Outcome
from tests.audit.reading import actions_of, left_by
from tests.contract import scene as scenes
from tests.contract.examples import EXAMPLES
from tests.contract.scene import NOT_SIGNED_IN, Scene
from tests.world import World
from torture.matrix.asking import Route, asked_for, send
from torture.matrix.effects import Ledger

ROUTES = sorted(EXAMPLES)
SIGNED_IN = [route for route in ROUTES if EXAMPLES[route].may != ("anonymous",)]
DONE = [route for route in SIGNED_IN if EXAMPLES[route].status < 400]
OPEN = [route for route in ROUTES if EXAMPLES[route].may == ("anonymous",)]
# What these name belongs to one patient.
OF_A_PATIENT = re.compile(
    r"\{(patient_id|plan_id|pause_id|conversation_id|attention_id|flag_id|prescription_id|check_in_id)\}"
)
# Lists that are recorded though they are no single patient's record.
LISTS = {
    "/v1/patients",
    "/v1/emergency-accesses",
    "/v1/audit",
    "/v1/clinic/bounces",
    "/v1/erasures",
    "/v1/locations/{location_id}/adherence/why",  # by a leader, who is shown no patient in it
}
# Lists of which each patient's record shows something.
OF_SEVERAL = {
    "/v1/attention",
    "/v1/clinic/adherence/why",
    "/v1/practitioners/{member_id}/adherence/why",
    "/v1/clinic/unacknowledged-flags",
    "/v1/conversations",
    "/v1/flags",
    "/v1/inbox",
    "/v1/morning",
    "/v1/suggestions",
    "/v1/unacknowledged-revisions",
}
# Writes that are about a patient whom only the body names, or who is only made by them.
ABOUT_SOMEBODY = {
    "/v1/patients",
    "/v1/emergency-accesses",
    "/v1/emergency-accesses/{access_id}",
    "/v1/suggestions/{suggestion_id}/accept",
    "/v1/suggestions/{suggestion_id}/dismiss",
    "/v1/templates/{template_id}/apply",
    "/v1/templates/{template_id}/apply-to-several",
}
# Examples that find nothing to change: a door that might have written and did not leaves nothing. A piece of an upload
# is nothing yet; beginning the upload is kept.
WITHOUT_EFFECT = {"/v1/me/sign-ins/end-others", "/v1/me/firebase", "/v1/media/uploads/{upload_id}"}
# Doors for anyone note by themselves what came of it; these, nothing.
BY_THEMSELVES = {
    "/v1/sign-ins": "sign_in.begun",
    "/v1/sign-ins/second-factor": "sign_in.begun",
    "/v1/invitations/accept": "sign_in.begun",
    "/v1/password-resets/use": "password.reset",
    "/v1/handouts/{token}": "handout.opened",
    "/v1/handouts/{token}/pdf": "handout.opened",
    "/v1/calendars/{token}.ics": "calendar.read",
    "post /v1/mail/unsubscribe/{token}": "mail.ended",  # looking at it first leaves nothing
}


@pytest.fixture(scope="module")
def scene(app: Flask) -> Scene:
    """One for all that leaves it as it was."""
    return scenes.make(World(app))


@pytest.fixture(scope="module")
def ledger(app: Flask) -> Iterator[tuple[Scene, Ledger]]:
    """A scene for all that changes it, and how it was."""
    scene = scenes.make(World(app))
    with Ledger(scene) as ledger:
        ledger.keep()
        yield scene, ledger


@pytest.fixture
def changing_scene(ledger: tuple[Scene, Ledger]) -> Iterator[Scene]:
    """The one for all that changes it; what was done in it is taken back, but for what was written down of it."""
    scene, kept = ledger
    etag = scene.plan.etag
    yield scene
    kept.put_back()
    scene.plan.etag = etag


def succeed(route: Route, part: str, scene: Scene, changing_scene: Scene) -> tuple[Scene, TestResponse]:
    """Send the example with success, in a scene that bears it."""
    bearing = scene if route[0] == "get" else changing_scene
    answer = send(bearing, part, asked_for(bearing, part, route))
    assert answer.status_code == EXAMPLES[route].status, answer.text
    return bearing, answer


@pytest.mark.parametrize("route", DONE, ids=" ".join)
def test_what_is_done_is_kept_with_who_did_it_and_to_whom(scene: Scene, changing_scene: Scene, route: Route) -> None:
    part = EXAMPLES[route].may[0]
    scene, answer = succeed(route, part, scene, changing_scene)
    person = scene.people[part]
    entries = left_by(scene.world, answer)
    for entry in entries:
        assert (entry.clinic_id, entry.member_id, entry.role) == (person.clinic_id, person.member_id, person.role)
        assert (entry.account_id, entry.sign_in_id) == (person.account_id, person.sign_in_id)
        assert entry.outcome is Outcome.ALLOWED
        assert entry.address == ("127.0.0.0/24" if part == "patient" else "127.0.0.1")
        assert is_without_words_of_people(entry)
    about = [entry.patient_id for entry in entries if "." not in entry.action.removesuffix(AMONG_STAFF)]
    method, path = route
    if OF_A_PATIENT.search(path):
        assert about == [patient_of(scene, route)]
    elif path in OF_SEVERAL:
        items = answer.json["patients" if path == "/v1/morning" else "items"]
        assert sorted(map(str, about)) == sorted({item["patient_id"] for item in items})
    elif method == "get":
        assert about == ([None] if path in LISTS else [])
    elif path in ABOUT_SOMEBODY:
        assert len(about) == 1
        assert about[0] is not None
    elif path not in WITHOUT_EFFECT:
        assert actions_of(entries)
        assert about in ([None], [])


@pytest.mark.parametrize("route", SIGNED_IN, ids=" ".join)
def test_what_is_refused_is_kept_and_nothing_else_with_it(scene: Scene, route: Route) -> None:
    strangers = sorted(scene.people.keys() - set(EXAMPLES[route].may) - set(NOT_SIGNED_IN))
    for part in strangers[:: len(strangers) // 2 or 1]:  # three of them; the matrix tries all
        answer = send(scene, part, asked_for(scene, part, route))
        assert answer.status_code in (403, 404), answer.text
        person = scene.people[part]
        [entry] = left_by(scene.world, answer)
        assert (entry.clinic_id, entry.member_id, entry.outcome) == (person.clinic_id, person.member_id, Outcome.DENIED)
        assert entry.subject is not None
        assert entry.subject["code"] == answer.json["code"]
        if "{patient_id}" in route[1]:
            assert entry.patient_id == patient_of(scene, route)
        assert entry.address == "127.0.0.1"


@pytest.mark.parametrize("route", OPEN, ids=" ".join)
def test_doors_for_anyone_note_themselves_what_came_of_it(scene: Scene, changing_scene: Scene, route: Route) -> None:
    _, answer = succeed(route, "anonymous", scene, changing_scene)
    wanted = BY_THEMSELVES.get(route[1]) or BY_THEMSELVES.get(" ".join(route))
    found = actions_of(left_by(scene.world, answer))
    assert (wanted in found) if wanted else found == []


@pytest.mark.parametrize("route", [("get", "/v1/patients/{patient_id}/today")], ids=" ".join)
def test_an_ended_sign_in_that_is_used_is_kept_in_its_clinics_record(scene: Scene, route: Route) -> None:
    for part, member in (("signed_out", "lead"), ("disabled", "disabled")):
        answer = send(scene, part, asked_for(scene, part, route))
        assert answer.status_code == 401
        [entry] = left_by(scene.world, answer)
        assert (entry.member_id, entry.outcome) == (scene.people[member].member_id, Outcome.DENIED)
        assert (entry.action, entry.patient_id) == ("get_today", scene.patient_id)
    for part in ("anonymous", "expired", "forged"):
        assert left_by(scene.world, send(scene, part, asked_for(scene, part, route))) == []


def test_what_decides_over_access_is_kept_in_so_many_words(world: World) -> None:
    clinic_id = world.clinic()
    owner, practitioner = world.step_up(world.owner(clinic_id)), world.practitioner(clinic_id)
    member = f"/v1/members/{practitioner.member_id}"
    for disabled, action in ((True, "member.disabled"), (False, "member.enabled")):
        headers = {"If-Match": owner.http.get(member).headers["ETag"]}
        answer = owner.http.patch(member, json={"disabled": disabled}, headers=headers)
        assert answer.status_code == 200, answer.text
        entries = {entry.action: entry for entry in left_by(world, answer)}
        assert entries.keys() >= {action, "change_member"}
        assert entries[action].subject == {"member_id": str(practitioner.member_id)}
        assert ("sign_in.ended" in entries) is disabled
    headers = {"If-Match": owner.http.get("/v1/clinic").headers["ETag"]}
    answer = owner.http.patch("/v1/clinic", json={"managers_may_read_records": True, "name": "New"}, headers=headers)
    [policy] = [entry for entry in left_by(world, answer) if entry.action == "clinic.policy_changed"]
    assert policy.subject == {"managers_may_read_records": "true"}


def patient_of(scene: Scene, route: Route) -> UUID:
    invited = route[1] == "/v1/patients/{patient_id}/invitation"
    return UUID(scene.invited["id"]) if invited else scene.patient_id


def is_without_words_of_people(entry: AuditEntry) -> bool:
    """Tell whether a subject holds ids, numbers, digests and fixed words only."""
    words = [str(word) for word in (entry.subject or {}).values()]
    return all(re.fullmatch(r"[0-9a-f-]{36}|[0-9a-f]{64}|[0-9]+|[a-z_]+", word) for word in words)
