"""An invitation lets one person in, once; it never gives away an account that exists already."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import segno
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account
from hep_api.app import create_app
from hep_api.audit.models import AuditEntry
from hep_api.clinics.codes import MOST_TRIES, digest_of
from hep_api.clinics.models import Invitation, Member, MemberStatus, Patient
from hep_api.foundation.settings import Settings
from tests.clinics.qr import modules_of_png, modules_of_svg
from tests.plans import making
from tests.world import Person, World

PASSWORD = "my own new password"
BORN = "1980-02-29"


@pytest.fixture
def practitioner(world: World) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def invite(practitioner: Person) -> Callable[..., Any]:
    def invite(**more: Any) -> Any:
        return practitioner.http.post("/v1/patients", json=anna(**more)).json

    return invite


def anna(**more: Any) -> dict[str, Any]:
    return {"name": "Anna", "email": f"anna-{uuid4()}@example.org", "birth_date": BORN, **more}


def accept(world: World, code: str, password: str = PASSWORD, **more: Any) -> Any:
    body = {"code": code, "password": password, "birth_date": BORN, **more}
    return world.anyone().post("/v1/invitations/accept", json=body)


def test_accepting_makes_an_account_and_signs_in(world: World, practitioner: Person, invite: Any) -> None:
    patient = invite()
    answer = accept(world, patient["invitation"]["code"], device_name="Anna's phone")

    assert answer.status_code == 201
    assert answer.json["member"] == {"id": patient["id"], "role": "patient", "name": "Anna"}
    assert answer.json["patient_id"] == patient["id"]
    phone = world.anyone()
    phone.token = answer.json["access_token"]
    assert phone.get(f"/v1/patients/{patient['id']}").json["status"] == "active"
    credentials = {"email": patient["email"], "password": PASSWORD}
    assert world.anyone().post("/v1/sign-ins", json=credentials).status_code == 201


def test_a_code_may_be_typed_with_capitals_spaces_and_lookalikes(world: World, invite: Any) -> None:
    code = invite()["invitation"]["code"]
    assert len(code.replace("-", "")) == 28

    typed = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert accept(world, typed).status_code == 201


def test_codes_that_are_good_for_nothing_get_one_answer(
    world: World, practitioner: Person, invite: Any, session: Session
) -> None:
    used, replaced, expired, disabled = invite(), invite(), invite(), invite()
    assert accept(world, used["invitation"]["code"]).status_code == 201
    fresh = practitioner.http.post(f"/v1/patients/{replaced['id']}/invitation").json
    with world.transaction() as arranging:
        arranging.execute(
            update(Invitation)
            .where(Invitation.code_digest == digest_of(expired["invitation"]["code"]))
            .values(expires_at=func.now())
        )
        arranging.execute(update(Member).where(Member.email == disabled["email"]).values(status=MemberStatus.DISABLED))

    answers = [accept(world, person["invitation"]["code"]) for person in (used, replaced, expired, disabled)]
    answers += [accept(world, "7k2m-unknown"), accept(world, "ünïcode"), accept(world, "-")]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json["code"] for answer in answers} == {"invitation_invalid"}
    assert len({answer.json["detail"] for answer in answers}) == 1
    assert accept(world, fresh["code"]).status_code == 201
    assert session.scalar(select(Account.id).where(Account.email == expired["email"])) is None


def test_a_code_is_accepted_once_however_many_try_at_once(world: World, invite: Any, session: Session) -> None:
    patient = invite()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: accept(world, patient["invitation"]["code"]), range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 7
    assert session.scalar(select(func.count()).where(Account.email == patient["email"])) == 1


def test_a_patient_always_gives_the_birth_date(world: World, invite: Any) -> None:
    patient = invite()
    code = patient["invitation"]["code"]

    without = {"code": code, "password": PASSWORD}
    for given, rule in (({}, "required"), ({"birth_date": "1980-02-28"}, "birth_date")):
        refused = world.anyone().post("/v1/invitations/accept", json=without | given)
        assert refused.status_code == 422
        assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/birth_date", rule)]
    assert accept(world, code).status_code == 201


def test_guessing_the_birth_date_wears_the_code_out(world: World, practitioner: Person, invite: Any) -> None:
    patient = invite()
    code = patient["invitation"]["code"]

    with ThreadPoolExecutor(8) as pool:
        guesses = [f"19{year}-01-01" for year in range(50, 50 + 2 * MOST_TRIES)]
        answers = list(pool.map(lambda guess: accept(world, code, birth_date=guess), guesses))
    assert [answer.status_code for answer in answers].count(422) == MOST_TRIES
    assert accept(world, code).status_code == 404
    fresh = practitioner.http.post(f"/v1/patients/{patient['id']}/invitation").json["code"]
    assert accept(world, fresh).status_code == 201


def test_inviting_an_email_does_not_give_its_account_away(world: World, invite: Any, session: Session) -> None:
    victim = world.owner(world.clinic())
    email = world.give_password(victim, "the victim's own")
    hash_before = session.get_one(Account, victim.account_id).password_hash
    patient = invite(email=email)
    code = patient["invitation"]["code"]

    refused = accept(world, code, "the attacker's choice")

    assert (refused.status_code, refused.json["code"]) == (401, "credentials_wrong")
    session.expire_all()
    assert session.get_one(Account, victim.account_id).password_hash == hash_before
    attackers = world.anyone().post("/v1/sign-ins", json={"email": email, "password": "the attacker's choice"})
    assert attackers.status_code == 401
    assert session.scalars(select(Member.status).where(Member.email == email).order_by(Member.id)).all() == [
        MemberStatus.ACTIVE,
        MemberStatus.INVITED,
    ]
    accepted = accept(world, code, "the victim's own")
    assert accepted.status_code == 201
    assert accepted.json["member"]["id"] == patient["id"]
    both = world.anyone().post("/v1/sign-ins", json={"email": email, "password": "the victim's own"})
    assert both.json["code"] == "clinic_choice_needed"


def test_an_account_made_by_another_clinics_invitation_is_not_overwritten(world: World, invite: Any) -> None:
    email = f"{uuid4()}@example.org"
    elsewhere = world.practitioner(world.clinic())
    other = elsewhere.http.post("/v1/patients", json=anna(email=email)).json
    mine = invite(email=email)
    assert accept(world, other["invitation"]["code"], "the first password").status_code == 201

    assert accept(world, mine["invitation"]["code"], "a second password").status_code == 401
    assert accept(world, mine["invitation"]["code"], "the first password").status_code == 201


def test_one_email_invited_by_two_clinics_gets_one_account_when_both_are_accepted_at_once(
    world: World, invite: Any, session: Session
) -> None:
    email = f"{uuid4()}@example.org"
    elsewhere = world.practitioner(world.clinic())
    other = elsewhere.http.post("/v1/patients", json=anna(email=email)).json
    codes = [other["invitation"]["code"], invite(email=email)["invitation"]["code"]]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda code: accept(world, code), codes))
    assert {answer.status_code for answer in answers} <= {201, 401}
    again = [accept(world, code) for code, answer in zip(codes, answers, strict=True) if answer.status_code == 401]
    assert all(answer.status_code == 201 for answer in again)
    assert session.scalar(select(func.count()).where(Account.email == email)) == 1


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"password": "seven77"}, "/password", "length"),
        ({"password": "x" * 129}, "/password", "length"),
        ({"password": None}, "/password", "null"),
        ({"code": ""}, "/code", "length"),
        ({"code": "x" * 101}, "/code", "length"),
        ({"email": "mine@example.org"}, "/email", "unknown"),
        ({"birth_date": "29.02.1980"}, "/birth_date", "date"),
    ],
)
def test_what_is_wrong_with_an_acceptance_is_named(
    world: World, invite: Any, change: dict[str, Any], field: str, rule: str
) -> None:
    code = invite()["invitation"]["code"]
    answer = world.anyone().post(
        "/v1/invitations/accept", json={"code": code, "password": PASSWORD, "birth_date": BORN, **change}
    )

    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(field, rule)]
    assert accept(world, code).status_code == 201


def test_a_password_of_any_letters_is_taken_as_typed(world: World, invite: Any) -> None:
    patient = invite()
    password = " pässwörter 🏋️ mit Leerzeichen "
    assert accept(world, patient["invitation"]["code"], password).status_code == 201

    def signs_in(typed: str) -> int:
        body = {"email": patient["email"], "password": typed}
        return world.anyone().post("/v1/sign-ins", json=body).status_code

    assert [signs_in(password), signs_in(password.strip()), signs_in(password.lower())] == [201, 401, 401]


def test_who_has_come_in_is_not_invited_again(world: World, practitioner: Person, invite: Any) -> None:
    patient = invite()
    path = f"/v1/patients/{patient['id']}/invitation"
    assert practitioner.http.post(path).status_code == 201
    assert world.manager(practitioner.clinic_id).http.post(path).status_code == 201
    code = practitioner.http.post(path).json["code"]
    assert accept(world, code).status_code == 201

    refused = practitioner.http.post(path)
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "status")


def test_a_patient_whose_birth_date_is_not_known_is_not_let_in_and_not_invited_anew(
    world: World, practitioner: Person, invite: Any
) -> None:
    patient = invite()
    path = f"/v1/patients/{patient['id']}"
    with world.transaction() as session:
        session.execute(update(Patient).where(Patient.id == UUID(patient["id"])).values(birth_date=None))

    assert accept(world, patient["invitation"]["code"]).json["code"] == "invitation_invalid"
    refused = practitioner.http.post(f"{path}/invitation")
    assert refused.status_code == 409
    assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/birth_date", "required")]
    tag = {"If-Match": practitioner.http.get(path).headers["ETag"]}
    assert practitioner.http.patch(path, json={"birth_date": BORN}, headers=tag).status_code == 200
    fresh = practitioner.http.post(f"{path}/invitation").json["code"]
    assert accept(world, fresh).status_code == 201


@pytest.mark.parametrize(
    ("password", "rule"),
    [("Sunshine1", "common"), ("anna1980", "own"), ("ANNA-kowalska", "own"), ("Test.Clinic.1", "own")],
)
def test_a_new_account_gets_no_password_that_others_would_guess(
    world: World, invite: Any, password: str, rule: str, session: Session
) -> None:
    patient = invite(name="Anna Kowalska")
    refused = accept(world, patient["invitation"]["code"], password)

    assert refused.status_code == 422
    assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/password", rule)]
    assert session.scalar(select(Account.id).where(Account.email == patient["email"])) is None
    assert accept(world, patient["invitation"]["code"]).status_code == 201


def test_guessing_an_accounts_password_by_an_invitation_wears_the_code_out(world: World, invite: Any) -> None:
    victim = world.owner(world.clinic())
    code = invite(email=world.give_password(victim, PASSWORD))["invitation"]["code"]

    guesses = [accept(world, code, f"guess number {number}").status_code for number in range(MOST_TRIES + 1)]

    assert guesses == [401] * MOST_TRIES + [404]
    assert accept(world, code).status_code == 404


def test_a_code_is_a_way_in_once_and_no_edit_of_a_plan_changes_that(
    world: World, practitioner: Person, invite: Any, session: Session
) -> None:
    patient = invite()
    code, digest = patient["invitation"]["code"], digest_of(patient["invitation"]["code"])
    before = session.execute(select(Invitation.__table__).where(Invitation.code_digest == digest)).one()
    plan = making.start(practitioner, SimpleNamespace(member_id=patient["id"]))
    [prescription_id] = making.publish(plan, making.new_item(making.exercise(practitioner)))
    making.publish(plan, making.carried_item(prescription_id, dose={"sets": 5, "reps": 5}))

    assert session.execute(select(Invitation.__table__).where(Invitation.code_digest == digest)).all() == [before]
    entered = accept(world, code)
    assert entered.status_code == 201
    making.publish(plan, making.new_item(making.exercise(practitioner, name="Another")))
    assert plan.send("POST", "/end", {"discharge_reason": "goals_met"}).status_code == 200
    assert session.scalar(select(func.count()).where(Invitation.member_id == before.member_id)) == 1
    assert accept(world, code).status_code == 404
    for body in ({"email": patient["email"], "password": code}, {"email": code, "password": PASSWORD}):
        assert world.anyone().post("/v1/sign-ins", json=body).status_code in (401, 422)
    phone = world.anyone()
    phone.token = code
    assert phone.get("/v1/me").status_code == 401
    credentials = {"email": patient["email"], "password": PASSWORD}
    assert world.anyone().post("/v1/sign-ins", json=credentials).status_code == 201


def test_the_link_is_shown_as_a_qr_code_for_patients_and_staff(world: World, practitioner: Person, invite: Any) -> None:
    owner = world.owner(practitioner.clinic_id)
    bea = {"name": "Bea", "email": f"{uuid4()}@example.org", "role": "practitioner"}
    patient, member = invite(), owner.http.post("/v1/members", json=bea).json
    again = practitioner.http.post(f"/v1/patients/{patient['id']}/invitation").json
    staff = owner.http.post(f"/v1/members/{member['id']}/invitation").json

    shown = [patient["invitation"], member["invitation"], again, staff]
    assert len({each["qr_svg"] for each in shown}) == len({each["qr_png"] for each in shown}) == 4
    for each in shown:
        expected = [bytes(row) for row in segno.make_qr(each["link"], error="m").matrix]
        assert modules_of_png(each["qr_png"]) == expected
        assert modules_of_svg(each["qr_svg"], len(expected)) == expected


def test_the_record_says_who_came_in_and_who_was_refused(world: World, invite: Any, session: Session) -> None:
    patient = invite()
    code = patient["invitation"]["code"]
    accept(world, code, birth_date="1980-02-28")
    accept(world, code, "sunshine1")
    accept(world, code)
    accept(world, code)

    mine = (AuditEntry.member_id == UUID(patient["id"])) & AuditEntry.action.startswith("invitation.")
    kept = session.execute(select(AuditEntry.action, AuditEntry.subject).where(mine).order_by(AuditEntry.seq)).all()
    assert [(row.action, (row.subject or {}).get("code")) for row in kept] == [
        ("invitation.refused", "birth_date"),
        ("invitation.refused", "common"),
        ("invitation.accepted", None),
    ]


def test_an_accounts_password_is_not_guessed_by_one_fresh_code_after_another(settings: Settings) -> None:
    app = create_app(replace(settings, limits_enabled=True, strange_sign_ins_per_hour=5))
    world = World(app)
    practitioner, victim = world.practitioner(world.clinic()), world.owner(world.clinic())
    patient = practitioner.http.post("/v1/patients", json=anna(email=world.give_password(victim, PASSWORD))).json

    guesses = []
    for number in range(7):
        code = practitioner.http.post(f"/v1/patients/{patient['id']}/invitation").json["code"]
        guesses.append(accept(world, code, f"guess number {number}").status_code)

    assert guesses == [401] * 5 + [429] * 2
    assert accept(world, code).status_code == 429
    app.extensions["hep_database"].engine.dispose()
