"""How people wish to be told: what is one's own, what the clinic's, what the product's; and who may wish what."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hep_api.accounts.viewer import Role
from hep_api.clinics.models import Member, MemberStatus
from hep_api.notifications.actions.preferring import stop_mail
from hep_api.notifications.kinds import NoticeKind
from tests.counting import StatementCounter
from tests.messaging.conftest import named
from tests.world import Person, World

OWN, CLINICS = "/v1/me/notifications", "/v1/clinic/notifications"
KINDS_OF_PATIENTS = ["message", "plan_published", "plan_changed", "reminder", "second_nudge", "check_in"]


def shown(person: Person, path: str = OWN) -> dict[str, Any]:
    found: dict[str, Any] = person.http.get(path).get_json()
    return found


def change(person: Person, path: str = OWN, **changes: Any) -> TestResponse:
    tag = person.http.get(path).headers["ETag"]
    return person.http.patch(path, json=changes, headers={"If-Match": tag})


def channels(person: Person) -> dict[str, tuple[str, str]]:
    return {each["kind"]: (each["channel"], each["source"]) for each in shown(person)["channels"]}


@pytest.fixture
def people(world: World) -> tuple[Person, Person, Person]:
    lead = world.practitioner(world.clinic(zone="America/New_York"))
    return world.patient(lead), lead, world.owner(lead.clinic_id)


def test_who_has_settled_nothing_is_told_as_the_product_does(people: tuple[Person, Person, Person]) -> None:
    patient, lead, owner = people

    assert shown(patient) == {
        "id": str(patient.member_id),
        "channels": [
            {"kind": kind, "channel": "push", "source": "product", "may_be": ["push", "mail", "both", "none"]}
            for kind in KINDS_OF_PATIENTS
        ],
        "quiet_hours": {"is_on": True, "starts": "22:00", "ends": "07:00", "source": "product"},
        "most_a_day": {"most": 10, "source": "product"},
        "zone": {"zone": "Europe/Berlin", "source": "record"},
        "today": {"told": 0, "held_back": 0},
        "version": 0,
    }
    assert list(channels(lead)) == ["message", "answer_waiting", "red_flag"]
    assert list(channels(owner)) == ["red_flag"]
    assert shown(lead)["zone"] == {"zone": "America/New_York", "source": "clinic"}
    assert shown(lead)["channels"][-1]["may_be"] == ["push", "both"]


def test_own_wishes_come_before_the_clinics_and_those_before_the_products(
    people: tuple[Person, Person, Person],
) -> None:
    patient, lead, owner = people
    of_clinic = {"channels": {"message": "both", "reminder": "mail"}, "quiet_hours": {"is_on": False}, "most_a_day": 4}
    settled = change(owner, CLINICS, patients=of_clinic, staff={"most_a_day": 99})
    assert settled.status_code == 200, settled.get_json()
    assert shown(lead, CLINICS) == settled.get_json()
    changed = change(
        patient,
        channels={"message": "none"},
        quiet_hours={"starts": "21:30", "ends": "06:15"},
    )
    assert changed.status_code == 200, changed.get_json()

    assert changed.get_json() == shown(patient)
    assert channels(patient)["message"] == ("none", "own")
    assert channels(patient)["reminder"] == ("mail", "clinic")
    assert channels(patient)["check_in"] == ("push", "product")
    assert shown(patient)["quiet_hours"] == {"is_on": True, "starts": "21:30", "ends": "06:15", "source": "own"}
    assert shown(patient)["most_a_day"] == {"most": 4, "source": "clinic"}
    assert shown(lead)["most_a_day"] == {"most": 99, "source": "clinic"}
    # Null is the clinic's again, and false is off whatever the clinic's are.
    assert change(patient, channels={"message": None}, quiet_hours=None).status_code == 200
    assert channels(patient)["message"] == ("both", "clinic")
    off = {"is_on": False, "starts": None, "ends": None}
    assert shown(patient)["quiet_hours"] == {**off, "source": "clinic"}
    assert change(lead, quiet_hours={"is_on": False}, zone="Asia/Tokyo").status_code == 200
    assert shown(lead)["quiet_hours"] == {**off, "source": "own"}
    assert shown(lead)["zone"] == {"zone": "Asia/Tokyo", "source": "own"}


@pytest.mark.parametrize(
    ("who", "changes", "field", "rule"),
    [
        (0, {"channels": {"red_flag": "push"}}, "/channels/red_flag", "not_told"),
        (1, {"channels": {"reminder": "push"}}, "/channels/reminder", "not_told"),
        (1, {"channels": {"red_flag": "none"}}, "/channels/red_flag", "rings"),
        (1, {"channels": {"red_flag": "mail"}}, "/channels/red_flag", "rings"),
        (0, {"channels": {"test": "none"}}, "/channels/test", "unknown"),
        (0, {"channels": {"message": "sms"}}, "/channels/message", "choice"),
        (0, {"zone": "Asia/Tokyo"}, "/zone", "of_record"),
        (0, {"quiet_hours": {"starts": "22:00"}}, "/quiet_hours/ends", "required"),
        (0, {"quiet_hours": {}}, "/quiet_hours/starts", "required"),
        (
            0,
            {"quiet_hours": {"starts": "22:00", "ends": "22:00"}},
            "/quiet_hours/ends",
            "empty",
        ),
        (0, {"most_a_day": 0}, "/most_a_day", "range"),
    ],
)
def test_what_nobody_may_wish_is_refused_and_changes_nothing(
    people: tuple[Person, Person, Person], who: int, changes: dict[str, Any], field: str, rule: str
) -> None:
    person = people[who]
    before = shown(person)

    status, _, errors = named(change(person, **changes))

    assert (status, errors) == (422, [(field, rule)])
    assert shown(person) == before


def test_a_clinic_cannot_silence_alerts(people: tuple[Person, Person, Person]) -> None:
    _, lead, owner = people
    status, _, errors = named(change(owner, CLINICS, staff={"channels": {"red_flag": "none"}}))
    assert (status, errors) == (422, [("/staff/channels/red_flag", "rings")])
    assert change(owner, CLINICS, staff={"channels": {"red_flag": "both"}}).status_code == 200
    assert channels(lead)["red_flag"] == ("both", "clinic")


def test_changes_need_the_version_that_they_change(people: tuple[Person, Person, Person]) -> None:
    patient, lead, owner = people
    for person, path, body in ((patient, OWN, {"most_a_day": 5}), (owner, CLINICS, {"staff": {"most_a_day": 5}})):
        tag = person.http.get(path).headers["ETag"]
        assert person.http.patch(path, json=body).status_code == 428
        assert person.http.patch(path, json=body, headers={"If-Match": tag}).status_code == 200
        assert person.http.patch(path, json=body, headers={"If-Match": tag}).status_code == 412
    assert lead.http.patch(CLINICS, json={}, headers={"If-Match": "*"}).status_code == 403


def test_reading_costs_two_statements_beside_asking_who_it_is(
    people: tuple[Person, Person, Person], statements: StatementCounter
) -> None:
    patient, _, _ = people
    change(patient, most_a_day=5)
    with statements() as seen:
        shown(patient)
    assert len(seen) == 3, seen


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (NoticeKind.MESSAGE, "mail", "none"),
        (NoticeKind.MESSAGE, "both", "push"),
        (NoticeKind.MESSAGE, "push", "push"),
        (NoticeKind.RED_FLAG, "both", "push"),
    ],
)
def test_whoever_unsubscribes_has_no_more_mail_of_that_kind(
    people: tuple[Person, Person, Person], world: World, kind: NoticeKind, before: str, after: str
) -> None:
    _, lead, owner = people
    # Wished by the clinic or by oneself: what somebody does about it is their own.
    assert change(owner, CLINICS, staff={"channels": {kind.value: before}}).status_code == 200
    for _ in range(2):
        with world.transaction() as session:
            stop_mail(session, lead.clinic_id, lead.member_id, kind)
    assert channels(lead)[kind.value][0] == after
    assert channels(lead)["answer_waiting"] == ("push", "product")


def test_whose_access_has_ended_wishes_nothing(world: World, session: Session) -> None:
    lead = world.practitioner(world.clinic())
    session.get_one(Member, (lead.clinic_id, lead.member_id)).status = MemberStatus.DISABLED
    session.flush()
    stop_mail(session, lead.clinic_id, lead.member_id, NoticeKind.MESSAGE)
    stop_mail(session, lead.clinic_id, UUID(int=1), NoticeKind.MESSAGE)
    assert lead.role is Role.PRACTITIONER
