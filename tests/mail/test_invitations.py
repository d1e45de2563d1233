"""Invitations by mail: in the reader's language, with a code of the mail's own, while there is an invitation."""

from collections.abc import Iterator, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hep_api.clinics.actions.invitation_mails import SEND_INVITATION
from hep_api.clinics.invitation_words import TEXTS
from hep_api.clinics.models import Invitation
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.foundation.languages import WRITTEN
from hep_api.foundation.mail.models import SentMail
from hep_api.foundation.mail.smtp import SmtpMailer, server_of
from tests.mail.server import Letterbox, running
from tests.world import Person, World

PASSWORD = "nineteen violet teapots"
BIRTH_DATE = "1980-02-29"


@pytest.fixture(scope="module")
def place(app: Flask) -> Person:
    """Somebody who invites."""
    world = World(app)
    with app.app_context():
        run_due_jobs()  # those of others
    return world.step_up(world.owner(world.clinic()))


@pytest.fixture
def lead(app: Flask, place: Person) -> Person:
    return World(app).practitioner(place.clinic_id)


@pytest.fixture
def letterbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    box = Letterbox()
    with running(box) as port:
        server, sender = server_of(f"smtp://localhost:{port}?tls=none"), Address("Clinic", addr_spec="c@clinic.example")
        monkeypatch.setitem(app.extensions, "hep_mailer", SmtpMailer(server, sender))
        yield box


def run(app: Flask) -> None:
    with app.app_context():
        run_due_jobs()


def patient(**said: Any) -> dict[str, Any]:
    mark = new_id()
    return {"id": str(mark), "name": "Ana", "email": f"{mark}@example.org", "birth_date": BIRTH_DATE} | said


def invite(lead: Person, **said: Any) -> Mapping[str, Any]:
    answer = lead.http.post("/v1/patients", json=patient(**said))
    assert answer.status_code == 201, answer.json
    body: Mapping[str, Any] = answer.json
    return body


def code_in(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    [link] = [line for line in plain.get_content().splitlines() if "://" in line]
    return str(link).removeprefix("hepapp://invitation/")


def accept(world: World, code: str) -> int:
    said = {"code": code, "password": PASSWORD, "birth_date": BIRTH_DATE, "device_name": "phone"}
    return world.anyone().post("/v1/invitations/accept", json=said).status_code


def test_an_invitation_arrives_in_the_patients_language_and_its_code_lets_in(
    app: Flask, world: World, lead: Person, letterbox: Letterbox
) -> None:
    invited = invite(lead, language="de")
    with world.transaction() as session:
        mine = Job.payload["member_id"].astext == invited["id"]
        payload = session.scalars(select(Job.payload).where(Job.kind == SEND_INVITATION, mine)).one()
    assert set(payload) == {"clinic_id", "member_id"}
    run(app)

    [mail] = letterbox.taken
    code = code_in(mail)
    assert (mail["To"], mail["Subject"]) == (invited["email"], "Test clinic lädt Sie ein")
    assert mail["List-Unsubscribe"] is None
    assert code != invited["invitation"]["code"]
    with world.transaction() as session:
        kept = session.scalars(select(Invitation).where(Invitation.member_id == invited["id"])).one()
        assert code.encode() not in (kept.mailed_digest, kept.code_digest)
        assert session.scalar(select(func.count()).where(SentMail.member_id == invited["id"])) == 1
    assert accept(world, code) == 201
    # It was one invitation, and is used up.
    assert accept(world, invited["invitation"]["code"]) == 404


def test_of_two_invitations_only_the_newer_ones_codes_let_in(
    app: Flask, world: World, lead: Person, letterbox: Letterbox
) -> None:
    first = invite(lead)
    run(app)
    again = lead.http.post(f"/v1/patients/{first['id']}/invitation")
    run(app)

    old, new = (code_in(mail) for mail in letterbox.taken)
    assert [accept(world, code) for code in (old, first["invitation"]["code"])] == [404, 404]
    assert accept(world, again.json["code"]) == 201
    assert accept(world, new) == 404


def test_nothing_is_mailed_to_who_came_in_meanwhile_or_where_it_is_not_wished(
    app: Flask, world: World, place: Person, lead: Person, letterbox: Letterbox
) -> None:
    entered, unwished = invite(lead), invite(lead, send_mail=False)
    assert accept(world, entered["invitation"]["code"]) == 201
    lead.http.post(f"/v1/patients/{unwished['id']}/invitation?send_mail=false")
    staff = {"name": "Kim", "role": "practitioner", "email": f"{new_id()}@example.org"}
    hired = place.http.post("/v1/members", json=staff | {"send_mail": False}).json
    run(app)
    assert letterbox.taken == []

    place.http.post(f"/v1/members/{hired['id']}/invitation")
    run(app)
    assert [mail["To"] for mail in letterbox.taken] == [hired["email"]]
    plain = letterbox.taken[0].get_body(("plain",))
    assert plain is not None
    assert TEXTS["en"].password in plain.get_content()


def test_an_address_that_is_refused_is_shown_to_who_invites_until_it_is_corrected(
    app: Flask, world: World, lead: Person, letterbox: Letterbox
) -> None:
    letterbox.to_recipients = ["550 5.1.1 no such user"]
    invited = invite(lead)
    assert invited["mail_bounced_at"] is None
    run(app)

    [listed] = lead.http.get("/v1/patients").json["items"]
    assert listed["mail_bounced_at"] is not None
    with world.transaction() as session:
        assert session.scalars(select(Invitation.mailed_digest).where(Invitation.member_id == invited["id"])).all() == [
            None
        ]
    shown = lead.http.get(f"/v1/patients/{invited['id']}")
    tag = {"If-Match": shown.headers["ETag"]}
    corrected = lead.http.patch(
        f"/v1/patients/{invited['id']}", json={"email": f"right-{new_id()}@example.org"}, headers=tag
    )
    assert corrected.json["mail_bounced_at"] is None


def test_every_language_says_all_of_it_and_fills_its_gaps() -> None:
    assert tuple(TEXTS) == WRITTEN
    for text in TEXTS.values():
        said = (text.subject, text.opening, text.code, text.stranger)
        assert all(gap in "".join(said) for gap in ("{clinic}", "{until}", "{code}"))
        assert "{" not in text.birth_date + text.password + text.button
