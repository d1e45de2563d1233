"""Digests of staff: once for each date of theirs, at their time by the wall, in numbers, when anything waits."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from hep_api.clinics.models import Clinic
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.foundation.mail.models import MailKind, SentMail
from hep_api.notifications.actions.digesting import LATEST, SEND_DIGEST, wake_digests
from hep_api.notifications.mailing.digest_times import next_time
from hep_api.notifications.models.mails import MailDigest
from tests.everything import everything
from tests.mail.server import Letterbox, taking_mail_of, words_of
from tests.messaging.conftest import Scene, make_scene
from tests.world import Person, World

LINK = "https://api.clinic.example/v1/mail/unsubscribe/"
SEVEN = time(7)


@pytest.mark.parametrize(
    ("at", "zone", "after", "seen_to", "expected"),
    [
        (SEVEN, "Europe/Berlin", "2026-11-22T05:59Z", None, "2026-11-22T06:00Z"),
        (SEVEN, "Europe/Berlin", "2026-11-22T06:00Z", None, "2026-11-23T06:00Z"),
        # Wished for later on a date that was seen to.
        (time(20), "Europe/Berlin", "2026-11-22T12:00Z", date(2026, 11, 22), "2026-11-23T19:00Z"),
        # The clocks go forward over it, and back over it twice.
        (time(2, 30), "Europe/Berlin", "2026-03-28T12:00Z", None, "2026-03-29T01:30Z"),
        (time(2, 30), "Europe/Berlin", "2026-10-24T12:00Z", None, "2026-10-25T00:30Z"),
        (time(2, 30), "Europe/Berlin", "2026-10-25T00:30Z", date(2026, 10, 25), "2026-10-26T01:30Z"),
        # Samoa had no 30 December 2011, so nothing is due twice at one instant.
        (SEVEN, "Pacific/Apia", "2011-12-29T17:00Z", None, "2011-12-30T17:00Z"),
        (SEVEN, "Pacific/Apia", "2011-12-30T17:00Z", date(2011, 12, 31), "2011-12-31T17:00Z"),
        (time(23, 59), "Pacific/Kiritimati", "2028-02-28T12:00Z", None, "2028-02-29T09:59Z"),
    ],
)
def test_the_next_time_goes_by_the_wall(at: time, zone: str, after: str, seen_to: date | None, expected: str) -> None:
    assert next_time(at, zone, datetime.fromisoformat(after), seen_to) == datetime.fromisoformat(expected)


def test_each_date_has_one_digest_over_years_in_any_zone() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"):
        instants = [next_time(time(2, 15), zone, datetime(2026, 1, 1, 12, tzinfo=UTC), None)]
        while len(instants) < 800:
            instants.append(next_time(time(2, 15), zone, instants[-1], None))
        gaps = {after - before for before, after in pairwise(instants)}
        assert all(abs(gap - timedelta(days=1)) <= timedelta(hours=2) for gap in gaps), zone


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
    return letters


@pytest.fixture
def scene(world: World) -> Scene:
    """A patient who waits for an answer of a practitioner, who gets a digest at a time that has just come."""
    made = make_scene(world)
    made.say(made.patient, "my left knee hurts")
    wish(made.lead)
    return made


def wish(person: Person, at: str | None = "07:00") -> Any:
    answer = person.http.put("/v1/me/digest", json={"at": at})
    assert answer.status_code == 200, answer.json
    return answer.json


def come(scene: Scene, *, ago: timedelta = timedelta(), yesterday: bool = True) -> None:
    """Let the time of the lead's digest have come, so long ago; the last one was that of yesterday."""
    due = datetime.now(UTC) - ago
    with scene.world.transaction() as session:
        mine = MailDigest.member_id == scene.lead.member_id
        session.execute(update(MailDigest).where(mine).values(next_at=due))
        if yesterday:
            session.execute(update(MailDigest).where(mine).values(sent_on=date(2026, 1, 1)))
        jobs = Job.outcome.is_(None) & (Job.payload["member_id"].astext == str(scene.lead.member_id))
        session.execute(update(Job).where(jobs, Job.kind == SEND_DIGEST).values(run_at=due))


def run(app: Flask) -> None:
    with app.app_context():
        run_due_jobs()


def row_of(world: World, person: Person) -> MailDigest:
    with world.transaction() as session:
        return session.get_one(MailDigest, (person.clinic_id, person.member_id))


def test_a_digest_says_in_numbers_what_waits_and_names_nobody(scene: Scene, letterbox: Letterbox) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == scene.lead.clinic_id).values(language="fr"))
        name = session.scalars(select(Clinic.name).where(Clinic.id == scene.lead.clinic_id)).one()
    come(scene)
    run(scene.world.app)

    [mail] = letterbox.taken
    words = words_of(mail)
    assert (mail["Subject"], mail["Content-Language"]) == ("Votre journée en chiffres", "fr")
    assert words.startswith("Conversations en attente d'une réponse : 1. La plus ancienne attend depuis 0 h.\n")
    assert not any(said in mail.as_string() for said in (name, "Patient ", "knee"))
    with scene.world.transaction() as session:
        sent = select(func.count()).where(SentMail.member_id == scene.lead.member_id, SentMail.kind == MailKind.DIGEST)
        assert session.scalar(sent) == 1
    # It comes again tomorrow, at its time by the wall, and no sooner.
    row = row_of(scene.world, scene.lead)
    assert row.next_at is not None
    assert row.next_at > datetime.now(UTC)
    assert row.next_at.astimezone(tz=None).minute == 0
    come(scene, yesterday=False)
    run(scene.world.app)
    assert len(letterbox.taken) == 1


def test_several_workers_at_once_send_one(scene: Scene, letterbox: Letterbox) -> None:
    come(scene)
    with scene.world.transaction() as session:
        # As a sweep and the digest itself may add it twice over.
        waiting = Job.outcome.is_(None) & (Job.payload["member_id"].astext == str(scene.lead.member_id))
        session.execute(update(Job).where(waiting).values(attempts=1))
        wake_digests(session, scene.lead.clinic_id, datetime.now(UTC) + timedelta(hours=2))
    workers = [threading.Thread(target=run, args=(scene.world.app,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(letterbox.taken) == 1


def test_where_nothing_waits_or_the_morning_is_over_no_mail_comes(scene: Scene, letterbox: Letterbox) -> None:
    come(scene, ago=LATEST + timedelta(minutes=1))
    run(scene.world.app)
    scene.say(scene.lead, "I call you")
    come(scene)
    run(scene.world.app)

    assert letterbox.taken == []
    row = row_of(scene.world, scene.lead)
    assert row.next_at is not None
    assert row.next_at > datetime.now(UTC)


def test_a_digest_ends_by_its_link_and_by_wishing_none(scene: Scene, letterbox: Letterbox) -> None:
    assert scene.lead.http.get("/v1/me/digest").json["at"] == "07:00"
    assert scene.patient.http.get("/v1/me/digest").status_code == 403
    come(scene)
    run(scene.world.app)
    link = letterbox.taken[0]["List-Unsubscribe"][1:-1]
    assert scene.world.anyone().post(link.removeprefix("https://api.clinic.example")).status_code == 200
    assert scene.lead.http.get("/v1/me/digest").json == {"at": None, "next_at": None}

    assert wish(scene.lead, "18:30")["at"] == "18:30"
    assert wish(scene.lead, None) == {"at": None, "next_at": None}
    run(scene.world.app)
    assert len(letterbox.taken) == 1


def test_who_left_gets_none_and_who_may_not_see_records_is_told_no_numbers_of_them(
    app: Flask, world: World, scene: Scene, letterbox: Letterbox
) -> None:
    owner = world.owner(scene.lead.clinic_id)
    wish(owner)
    come(scene)
    come(replace(scene, lead=owner))
    with everything(app) as session:
        session.execute(
            update(MailDigest.__table__).where(MailDigest.member_id == scene.lead.member_id).values(sent_on=None)
        )
    path = f"/v1/members/{scene.lead.member_id}"
    tag = {"If-Match": owner.http.get(path).headers["ETag"]}
    assert owner.http.patch(path, json={"disabled": True}, headers=tag).status_code == 200
    run(app)
    assert letterbox.taken == []
