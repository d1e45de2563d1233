"""Notices by mail: collected, in the reader's language, still true when they leave, and naming nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from hep_api.clinics.models import Clinic, Member, Patient
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.foundation.languages import WRITTEN
from hep_api.foundation.mail.bounces import note_bounce
from hep_api.foundation.mail.models import BounceReason, BounceWay, SentMail
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.mailing.notices import COLLECTED_FOR, SEND, mail_notice, mail_notices
from hep_api.notifications.mailing.sending import AT_MOST_ONE_IN
from hep_api.notifications.mailing.words.languages import PHRASEBOOKS
from hep_api.notifications.models.mails import MailNotice
from hep_api.notifications.notices import Notice
from tests.counting import StatementCounter
from tests.mail.server import Letterbox, taking_mail_of, words_of
from tests.messaging.alerting import ALARMING
from tests.messaging.conftest import Scene, make_scene
from tests.world import Person, World

LINK = "https://api.clinic.example/v1/mail/unsubscribe/"
SECRET = "my left knee hurts"


@pytest.fixture(scope="module")
def letters(app: Flask) -> Iterator[Letterbox]:
    before = app.extensions["hep_settings"]
    app.extensions["hep_settings"] = replace(before, mail_unsubscribe_link=LINK)
    with taking_mail_of(app) as box:
        yield box
    app.extensions["hep_settings"] = before


@pytest.fixture
def letterbox(letters: Letterbox) -> Letterbox:
    letters.taken.clear()
    letters.envelopes.clear()
    return letters


@pytest.fixture
def scene(world: World) -> Scene:
    """A conversation in which both wrote, and neither has read; both wish to be told by mail."""
    made = make_scene(world)
    for person in (made.patient, made.lead):
        wish(person, "message", "mail")
        made.say(person, SECRET)
    return made


def wish(person: Person, kind: str, channel: str) -> None:
    tag = {"If-Match": person.http.get("/v1/me/notifications").headers["ETag"]}
    assert person.http.patch("/v1/me/notifications", json={"channels": {kind: channel}}, headers=tag).status_code == 200


def tell(scene: Scene, *people: Person, kind: NoticeKind = NoticeKind.MESSAGE, subject: UUID | None = None) -> None:
    with scene.world.transaction() as session:
        members = [person.member_id for person in people]
        mail_notice(session, scene.lead.clinic_id, kind, members, subject or scene.id, datetime.now(UTC))


def jobs_of(world: World, person: Person, kind: str = SEND) -> Sequence[Job]:
    with world.transaction() as session:
        mine = Job.payload["member_id"].astext == str(person.member_id)
        return session.scalars(select(Job).where(Job.kind == kind, mine).order_by(Job.id)).all()


def collect(world: World, *people: Person) -> None:
    """Let the time of collecting be over for these people, and the worker run."""
    with world.transaction() as session:
        theirs = Job.payload["member_id"].astext.in_([str(person.member_id) for person in people])
        waiting = Job.outcome.is_(None) & (Job.kind == SEND)
        session.execute(update(Job).where(theirs, waiting).values(run_at=datetime.now(UTC)))
    with world.app.app_context():
        run_due_jobs()


def left(world: World, person: Person) -> int:
    with world.transaction() as session:
        return len(session.scalars(select(MailNotice.kind).where(MailNotice.member_id == person.member_id)).all())


def test_what_happens_within_ten_minutes_is_one_mail_in_fixed_words(scene: Scene, letterbox: Letterbox) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Patient).where(Patient.id == scene.patient.patient_id).values(language="de"))
        names = session.scalars(select(Member.name).where(Member.clinic_id == scene.lead.clinic_id)).all()
        clinic = session.scalars(select(Clinic.name).where(Clinic.id == scene.lead.clinic_id)).one()
    before = datetime.now(UTC)
    for _ in range(3):
        tell(scene, scene.patient)
    # Of what is not so any more, or never was, nothing is said.
    tell(scene, scene.patient, kind=NoticeKind.CHECK_IN, subject=new_id())
    [job] = jobs_of(scene.world, scene.patient)
    assert before + COLLECTED_FOR <= job.run_at <= datetime.now(UTC) + COLLECTED_FOR
    assert set(job.payload) == {"clinic_id", "member_id"}
    assert letterbox.taken == []
    collect(scene.world, scene.patient)

    [mail] = letterbox.taken
    assert (mail["Subject"], mail["Content-Language"]) == ("Neue Nachricht", "de")
    assert words_of(mail).splitlines()[0] == "Sie haben eine neue Nachricht von Ihrer Praxis."
    assert words_of(mail).count("hepapp://open") == 1
    raw = letterbox.envelopes[0].content
    assert isinstance(raw, bytes)
    assert not any(word.encode() in raw for word in (SECRET, clinic, *names))
    assert left(scene.world, scene.patient) == 0


def test_no_two_mails_go_to_one_person_within_an_hour_but_an_alert_takes_along_what_waits(
    scene: Scene, letterbox: Letterbox
) -> None:
    people = scene.patient, scene.lead
    tell(scene, *people)
    collect(scene.world, *people)
    assert len(letterbox.taken) == 2
    tell(scene, *people)
    collect(scene.world, *people)
    assert len(letterbox.taken) == 2

    with scene.world.transaction() as session:
        last = session.scalars(select(SentMail.sent_at).where(SentMail.member_id == scene.lead.member_id)).one()
    *_, waiting = jobs_of(scene.world, scene.lead)
    assert (waiting.outcome, waiting.run_at) == (None, last + AT_MOST_ONE_IN)
    # A flag that nobody knows is not true; that it is asked for at once shows in when the job is due.
    tell(scene, scene.lead, kind=NoticeKind.RED_FLAG, subject=new_id())
    *_, waiting = jobs_of(scene.world, scene.lead)
    assert waiting.run_at <= datetime.now(UTC)
    with scene.world.app.app_context():
        run_due_jobs()
    assert [mail["Subject"] for mail in letterbox.taken[2:]] == ["New message"]


def test_whoever_read_it_or_wants_no_mail_or_left_or_cannot_be_reached_gets_none(
    world: World, letterbox: Letterbox
) -> None:
    scenes = [make_scene(world) for _ in range(4)]
    reads, unwishes, leaves, bounces = scenes
    for each in scenes:
        wish(each.patient, "message", "mail")
        each.say(each.lead, SECRET)
        tell(each, each.patient)
    reads.report(reads.patient, read_seq=1)
    wish(unwishes.patient, "message", "push")
    path = f"/v1/patients/{leaves.patient.patient_id}"
    tag = {"If-Match": leaves.lead.http.get(path).headers["ETag"]}
    assert leaves.lead.http.patch(path, json={"disabled": True}, headers=tag).status_code == 200
    with world.transaction() as session:
        reason = BounceReason.NO_SUCH_ADDRESS
        ids = bounces.lead.clinic_id, bounces.patient.member_id
        note_bounce(session, *ids, BounceWay.RETURNED, reason, datetime.now(UTC))
    people = [each.patient for each in scenes]
    collect(world, *people)

    assert letterbox.taken == []
    assert [left(world, person) for person in people] == [0, 0, 0, 0]


def test_an_alert_is_tried_also_where_mail_has_come_back(scene: Scene, letterbox: Letterbox) -> None:
    with scene.world.transaction() as session:
        ids = scene.lead.clinic_id, scene.lead.member_id
        note_bounce(session, *ids, BounceWay.RETURNED, BounceReason.MAILBOX_CLOSED, datetime.now(UTC))
    scene.say(scene.patient, ALARMING)
    with scene.world.app.app_context():
        run_due_jobs()
    assert [mail["Subject"] for mail in letterbox.taken] == ["Look at once"]


def test_a_server_that_is_away_loses_nothing_and_one_that_refuses_the_address_is_asked_no_more(
    scene: Scene, letterbox: Letterbox
) -> None:
    letterbox.answers = ["451 come back later"]
    tell(scene, scene.patient)
    collect(scene.world, scene.patient)
    assert (letterbox.taken, left(scene.world, scene.patient)) == ([], 1)
    letterbox.to_recipients = ["550 5.1.1 no such user"]
    collect(scene.world, scene.patient)
    assert (letterbox.taken, left(scene.world, scene.patient)) == ([], 0)
    tell(scene, scene.patient)
    collect(scene.world, scene.patient)
    assert letterbox.taken == []


def test_telling_many_takes_as_few_statements_as_telling_one(world: World, statements: StatementCounter) -> None:
    lead = world.practitioner(world.clinic())
    people = [lead, *(world.patient(lead) for _ in range(4))]
    counts = []
    for some in ([lead], people):
        notices = [Notice(person.member_id, NoticeKind.MESSAGE, new_id()) for person in some for _ in range(2)]
        with world.transaction() as session, statements() as seen:
            mail_notices(session, lead.clinic_id, notices, datetime.now(UTC))
        counts.append(len(seen))
    assert counts == [2, 2]


def test_an_alert_reaches_who_has_no_device_by_mail_at_once_and_cannot_be_ended(
    scene: Scene, letterbox: Letterbox
) -> None:
    scene.say(scene.patient, ALARMING)
    with scene.world.app.app_context():
        run_due_jobs()

    to_lead = [mail for mail in letterbox.taken if mail["To"].startswith("practitioner")]
    assert [mail["Subject"] for mail in to_lead] == ["Look at once"]
    assert words_of(to_lead[0]).startswith("An alert needs you now.")
    assert to_lead[0]["List-Unsubscribe"] is None


def test_news_of_days_ago_is_none(scene: Scene, letterbox: Letterbox) -> None:
    tell(scene, scene.patient)
    with scene.world.transaction() as session:
        mine = MailNotice.member_id == scene.patient.member_id
        session.execute(update(MailNotice).where(mine).values(noticed_at=datetime.now(UTC) - timedelta(days=2)))
    collect(scene.world, scene.patient)
    assert (letterbox.taken, left(scene.world, scene.patient)) == ([], 0)


def test_the_link_in_a_mail_ends_mails_of_its_kind_by_a_post_and_never_by_a_look(
    scene: Scene, letterbox: Letterbox
) -> None:
    tell(scene, scene.patient)
    collect(scene.world, scene.patient)
    [mail] = letterbox.taken
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"][1:-1]
    assert link in words_of(mail)
    path, anyone = link.removeprefix("https://api.clinic.example"), scene.world.anyone()

    page = anyone.get(path, headers={"Accept-Language": "fr"})
    assert (page.status_code, PHRASEBOOKS["fr"].page.button in page.text) == (200, "'" not in page.text)
    assert "<script" not in page.text
    assert channel(scene.patient) == "mail"
    tell(scene, scene.patient)
    for _ in range(2):
        said = anyone.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (said.status_code, PHRASEBOOKS["en"].page.done in said.text) == (200, True)
        assert channel(scene.patient) == "none"
        assert left(scene.world, scene.patient) == 0

    for forged in (path[:-2], path + "A", f"{path.rsplit('/', 1)[0]}/x"):
        assert [anyone.get(forged).status_code, anyone.post(forged).status_code] == [404, 404]


def channel(person: Person) -> Any:
    listed = person.http.get("/v1/me/notifications").json["channels"]
    return next(each["channel"] for each in listed if each["kind"] == "message")


def test_leaders_see_to_whom_nothing_comes_through_and_let_it_be_tried_again(world: World) -> None:
    owner = world.owner(world.clinic())
    lead = world.practitioner(owner.clinic_id)
    patient = world.patient(lead)
    with world.transaction() as session:
        for person in (lead, patient):
            ids = owner.clinic_id, person.member_id
            note_bounce(session, *ids, BounceWay.REFUSED, BounceReason.MAILBOX_CLOSED, datetime.now(UTC))

    first = owner.http.get("/v1/clinic/bounces?limit=1").json
    rest = owner.http.get(f"/v1/clinic/bounces?cursor={first['next_cursor']}").json
    assert [each["member_id"] for each in (*first["items"], *rest["items"])] == [
        str(person.member_id) for person in (patient, lead)
    ]
    assert first["items"][0]["reason"] == "mailbox_closed"
    health = {"state": "folder", "waiting": 0, "bounced": 2, "last_sent_at": None}
    assert owner.http.get("/v1/clinic/health").json["mail"] == health
    assert owner.http.get(f"/v1/patients/{patient.patient_id}").json["mail_bounced_at"] is not None
    for _ in range(2):
        assert owner.http.delete(f"/v1/clinic/bounces/{patient.member_id}").status_code == 204
    assert owner.http.get("/v1/clinic/bounces").json["items"] == rest["items"]
    assert lead.http.get("/v1/clinic/bounces").status_code == 403


def test_every_language_has_all_words_and_their_only_gaps_are_numbers() -> None:
    assert tuple(PHRASEBOOKS) == WRITTEN
    for book in PHRASEBOOKS.values():
        assert {"{n}" in book.waiting, "{hours}" in book.waiting, "{urgent}" in book.attention} == {True}
        fixed = (book.several, book.where, book.open_app, book.ends, book.choose, book.digest)
        assert not any("{" in said for said in (*fixed, book.page.title, book.page.ask, book.page.done))
        assert all(fixed)
