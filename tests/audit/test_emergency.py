"""Emergency access: a reason opens a record for a while, for reading only, and everybody who should hear of it does."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from hep_api.audit.models import Outcome
from hep_api.clinics.models import EmergencyAccess, Member, MemberStatus, Patient
from hep_api.clinics.names import folded
from hep_api.foundation.jobs.models import Job
from tests.audit.reading import left_by
from tests.contract import scene as scenes
from tests.contract.examples import EXAMPLES
from tests.contract.scene import Scene
from tests.world import Person, World
from torture.matrix.asking import Asked, asked_for, send

ACCESSES = "/v1/emergency-accesses"
WHY = "Found unconscious, allergies unknown."
READS = [route for route, example in sorted(EXAMPLES.items()) if example.is_record]
# What is the clinic's library's, and a batch, which answers for each patient by itself.
OF_NO_PATIENT = re.compile(
    r"exercise|^/v1/media/|^/v1/content/|^/v1/check-in-templates/|^/v1/templates/\{template_id\}(?!/apply$)"
)
# Everything that is done to a patient, by whoever treats or administers them.
WRITES = [
    route
    for route, example in sorted(EXAMPLES.items())
    if route[0] != "get" and "{" in route[1] and "lead" in example.may and not example.is_record
    if not OF_NO_PATIENT.search(route[1])
]


@dataclass
class Emergency:
    """A patient of `lead`, and a colleague of the same clinic who has no part in it."""

    world: World
    owner: Person
    lead: Person
    colleague: Person
    patient: Person

    def take(self, person: Person, **body: Any) -> TestResponse:
        whom = {} if "name" in body else {"patient_id": str(self.patient.patient_id)}
        return person.http.post(ACCESSES, json={**whom, "reason": WHY, **body})

    def read(self, person: Person) -> TestResponse:
        return person.http.get(f"/v1/patients/{self.patient.patient_id}/plans")

    def letters(self) -> list[dict[str, Any]]:
        """Return the letters about emergencies that wait for the clinic's owners."""
        with self.world.transaction() as session:
            payloads = session.scalars(select(Job.payload).where(Job.kind == "accounts.send_letter").order_by(Job.id))
            about = [payload for payload in payloads if payload["letter"] == "emergency_access"]
        return [payload for payload in about if payload["account_id"] == str(self.owner.account_id)]


@pytest.fixture
def emergency(world: World) -> Emergency:
    clinic_id = world.clinic()
    lead = world.practitioner(clinic_id)
    return Emergency(world, world.owner(clinic_id), lead, world.practitioner(clinic_id), world.patient(lead))


def test_taken_many_times_at_once_it_is_one_access_and_ends_as_one(emergency: Emergency) -> None:
    phones = [emergency.world.sign_in(emergency.colleague) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(emergency.take, phones))
    assert {answer.status_code for answer in taken} == {201}
    assert len({answer.json["id"] for answer in taken}) == 1
    assert emergency.read(emergency.colleague).status_code == 200
    assert emergency.colleague.http.delete(f"{ACCESSES}/{taken[0].json['id']}").status_code == 204
    assert emergency.read(emergency.colleague).status_code == 404


@pytest.mark.parametrize("role", ["practitioner", "manager", "owner"])
def test_it_opens_the_record_to_staff_and_marks_what_is_read(emergency: Emergency, role: str) -> None:
    person = getattr(emergency.world, role)(emergency.owner.clinic_id)
    assert emergency.read(person).status_code == 404
    taken = emergency.take(person)
    assert taken.status_code == 201
    read = emergency.read(person)
    assert read.status_code == 200
    for answer in (taken, read):
        [entry] = left_by(emergency.world, answer)
        assert str(entry.emergency_access_id) == taken.json["id"]
        assert entry.patient_id == emergency.patient.patient_id


def test_it_lasts_four_hours_unless_less_is_asked(emergency: Emergency) -> None:
    for person, hours in ((emergency.colleague, 4), (emergency.owner, 1)):
        taken = emergency.take(person, **({} if hours == 4 else {"hours": hours})).json
        lasts = datetime.fromisoformat(taken["expires_at"]) - datetime.fromisoformat(taken["started_at"])
        assert lasts == timedelta(hours=hours)
    assert emergency.take(emergency.colleague, hours=5).status_code == 422


def test_it_is_over_when_its_time_is_over(emergency: Emergency) -> None:
    taken = emergency.take(emergency.colleague).json["id"]
    assert emergency.read(emergency.colleague).status_code == 200
    ago = datetime.now(UTC) - timedelta(hours=2)
    with emergency.world.transaction() as session:
        shorter = {"started_at": ago, "expires_at": datetime.now(UTC)}
        session.execute(update(EmergencyAccess).where(EmergencyAccess.id == UUID(taken)).values(shorter))
    assert emergency.read(emergency.colleague).status_code == 404
    again = emergency.take(emergency.colleague)
    assert (again.status_code, again.json["id"] == taken) == (201, False)
    assert emergency.read(emergency.colleague).status_code == 200


def test_it_opens_one_record_to_one_person(emergency: Emergency) -> None:
    other_patient = emergency.world.patient(emergency.lead)
    emergency.take(emergency.colleague)
    assert emergency.colleague.http.get(f"/v1/patients/{other_patient.patient_id}/plans").status_code == 404
    another = emergency.world.practitioner(emergency.owner.clinic_id)
    assert emergency.read(another).status_code == 404


@pytest.mark.parametrize("ender", ["colleague", "owner"])
def test_it_is_ended_by_oneself_or_an_owner_and_counts_at_once(emergency: Emergency, ender: str) -> None:
    taken = emergency.take(emergency.colleague).json["id"]
    for stranger in (emergency.lead, emergency.world.manager(emergency.owner.clinic_id)):
        assert stranger.http.delete(f"{ACCESSES}/{taken}").status_code == 404
    assert emergency.read(emergency.colleague).status_code == 200
    person = getattr(emergency, ender)
    for _ in range(2):
        assert person.http.delete(f"{ACCESSES}/{taken}").status_code == 204
    assert emergency.read(emergency.colleague).status_code == 404
    [listed] = emergency.owner.http.get(ACCESSES).json["items"]
    assert (listed["ended_by"], listed["active"]) == (str(person.member_id), False)


def test_all_owners_are_told_at_once_and_of_no_name(emergency: Emergency) -> None:
    second = emergency.world.owner(emergency.owner.clinic_id)
    gone = emergency.world.owner(emergency.owner.clinic_id)
    with emergency.world.transaction() as session:
        session.execute(update(Member).where(Member.id == gone.member_id).values(status=MemberStatus.DISABLED))
    assert emergency.take(second).status_code == 201
    [letter] = emergency.letters()
    assert set(letter["words"]) == {"clinic", "at"}
    with emergency.world.transaction() as session:
        told = session.scalars(select(Job.payload["account_id"].astext).where(Job.kind == "accounts.send_letter")).all()
    assert str(second.account_id) in told
    assert str(gone.account_id) not in told


def test_sent_again_it_is_the_same_and_tells_nobody_twice(emergency: Emergency) -> None:
    first, second = emergency.take(emergency.colleague), emergency.take(emergency.colleague)
    assert first.json == second.json
    assert len(emergency.letters()) == 1


def test_who_may_read_anyway_does_not_need_it(emergency: Emergency) -> None:
    clinic_id = emergency.world.clinic(managers_may_read_records=True)
    lead = emergency.world.practitioner(clinic_id)
    elsewhere = Emergency(emergency.world, emergency.world.owner(clinic_id), lead, lead, emergency.world.patient(lead))
    for asked in (emergency.take(emergency.lead), elsewhere.take(elsewhere.owner)):
        assert (asked.status_code, asked.json["errors"][0]["rule"]) == (409, "not_needed")


def test_an_unknown_patient_is_not_found_and_that_is_kept(emergency: Emergency) -> None:
    abroad = emergency.world.patient(emergency.world.practitioner(emergency.world.clinic())).patient_id
    answers = []
    for unknown in (abroad, uuid4()):
        answer = emergency.take(emergency.colleague, patient_id=str(unknown))
        assert answer.status_code == 404
        [entry] = left_by(emergency.world, answer)
        assert (entry.outcome, entry.action, entry.patient_id) == (Outcome.DENIED, "take_emergency_access", unknown)
        answers.append({**answer.json, "request_id": ""})
    assert answers[0] == answers[1]


def test_a_patient_is_named_by_name_and_birth_date(emergency: Emergency) -> None:
    name = f"Zoë Müller {uuid4()}"
    rename(emergency, emergency.patient, name)
    born = {"birth_date": "1980-02-29"}
    assert emergency.take(emergency.colleague, name="Zoe Muller", **born).status_code == 404
    assert emergency.take(emergency.colleague, name=name, birth_date="1980-03-01").status_code == 404
    found = emergency.take(emergency.colleague, name=name.upper().replace("Ü", "u"), **born)
    assert (found.status_code, found.json["patient_id"]) == (201, str(emergency.patient.patient_id))


def test_of_several_with_one_name_and_birth_date_one_has_to_be_chosen(emergency: Emergency) -> None:
    twin, name = emergency.world.patient(emergency.lead), f"Twin {uuid4()}"
    for person in (emergency.patient, twin):
        rename(emergency, person, name)
    answer = emergency.take(emergency.colleague, name=name, birth_date="1980-02-29")
    assert (answer.status_code, answer.json["code"]) == (409, "patient_choice_needed")
    assert set(answer.json["patients"]) == {str(emergency.patient.patient_id), str(twin.patient_id)}
    [entry] = left_by(emergency.world, answer)
    assert (entry.action, entry.member_id) == ("patients.told_apart", emergency.colleague.member_id)


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "short"},
        {"reason": None},
        {"patient_id": None},
        {"name": "Kim"},
        {"birth_date": "1980-02-29"},
        {"hours": 0},
    ],
)
def test_what_makes_no_sense_is_refused(emergency: Emergency, body: dict[str, Any]) -> None:
    assert emergency.take(emergency.colleague, **body).status_code == 422
    assert emergency.letters() == []


def test_patients_and_those_who_are_disabled_have_none(emergency: Emergency) -> None:
    other = emergency.world.patient(emergency.lead)
    assert emergency.take(other).status_code == 403
    emergency.take(emergency.colleague)
    with emergency.world.transaction() as session:
        disabled = update(Member).where(Member.id == emergency.colleague.member_id)
        session.execute(disabled.values(status=MemberStatus.DISABLED))
    assert emergency.read(emergency.colleague).status_code == 401


def test_an_erased_patient_has_no_record_to_open(emergency: Emergency) -> None:
    emergency.take(emergency.colleague)
    with emergency.world.transaction() as session:
        erased = update(Patient).where(Patient.id == emergency.patient.patient_id)
        session.execute(erased.values(erased_at=datetime.now(UTC)))
    assert emergency.read(emergency.colleague).status_code == 404
    assert emergency.take(emergency.owner).status_code == 404


def test_owners_see_all_of_their_clinic_and_others_their_own(emergency: Emergency) -> None:
    emergency.take(emergency.colleague)
    emergency.take(emergency.owner)
    listed = emergency.owner.http.get(f"{ACCESSES}?limit=1").json
    rest = emergency.owner.http.get(f"{ACCESSES}?cursor={listed['next_cursor']}").json
    shown = listed["items"] + rest["items"]
    assert [each["member"]["id"] for each in shown] == [
        str(emergency.owner.member_id),
        str(emergency.colleague.member_id),
    ]
    assert {each["reason"] for each in shown} == {WHY}
    assert {each["patient_name"] for each in shown} == {name_of(emergency, emergency.patient)}
    [own] = emergency.colleague.http.get(f"{ACCESSES}?active=true").json["items"]
    assert (own["member"]["id"], own["patient_name"]) == (str(emergency.colleague.member_id), None)
    assert emergency.lead.http.get(ACCESSES).json["items"] == []
    abroad = emergency.world.owner(emergency.world.clinic())
    assert abroad.http.get(ACCESSES).json["items"] == []


@pytest.fixture(scope="module")
def opened(app: Any) -> Scene:
    """The matrix's scene, in which the other practitioner has taken emergency access."""
    scene = scenes.make(World(app))
    body = {"patient_id": str(scene.patient_id), "reason": WHY}
    assert scene.phones["other_practitioner"].post(ACCESSES, json=body).status_code == 201
    return scene


@pytest.mark.parametrize("route", READS, ids=" ".join)
def test_all_of_the_record_can_be_read(opened: Scene, route: tuple[str, str]) -> None:
    assert send(opened, "former", asked_for(opened, "former", route)).status_code == 404
    answer = send(opened, "other_practitioner", asked_for(opened, "other_practitioner", route))
    assert answer.status_code == EXAMPLES[route].status, answer.text
    [entry] = left_by(opened.world, answer)
    assert entry.emergency_access_id is not None


@pytest.mark.parametrize("route", WRITES, ids=" ".join)
def test_nothing_can_be_changed(opened: Scene, route: tuple[str, str]) -> None:
    asked: Asked = asked_for(opened, "lead", route)
    answer = send(opened, "other_practitioner", asked)
    assert answer.status_code in (403, 404), answer.text


def test_there_is_something_to_read_and_to_change() -> None:
    assert len(READS) > 10
    assert len(WRITES) > 10


def test_nobody_is_called_in_by_it(opened: Scene) -> None:
    """Who reads in an emergency is not among those who are told things live, so there is nobody to hang up on."""
    from hep_api.clinics.connections import list_rooms_about, sign_in_room

    with opened.world.transaction() as session:
        rooms = list_rooms_about(session, opened.clinic_id, opened.patient_id)
    assert sign_in_room(opened.people["other_practitioner"].sign_in_id) not in rooms
    assert sign_in_room(opened.people["lead"].sign_in_id) in rooms


def test_an_invitation_cannot_be_had_by_it(emergency: Emergency) -> None:
    """A fresh code would be a way in as the patient."""
    invited = emergency.lead.http.post("/v1/patients", json=scenes.new_person(id=str(uuid4()), birth_date="1980-02-29"))
    assert invited.status_code == 201, invited.json
    body = {"patient_id": invited.json["id"], "reason": WHY}
    assert emergency.colleague.http.post(ACCESSES, json=body).status_code == 201
    same = {name: invited.json[name] for name in ("id", "name", "email", "birth_date")}
    assert emergency.colleague.http.post("/v1/patients", json=same).status_code == 409


def rename(emergency: Emergency, person: Person, name: str) -> None:
    with emergency.world.transaction() as session:
        named = {"name": name, "name_folded": folded(name)}
        session.execute(update(Member).where(Member.id == person.member_id).values(named))


def name_of(emergency: Emergency, person: Person) -> str:
    with emergency.world.transaction() as session:
        return session.scalars(select(Member.name).where(Member.id == person.member_id)).one()
