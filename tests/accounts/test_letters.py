"""Letters reach people by a real server, wait in the job table without address or secret, and survive its refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hep_api.accounts import letters
from hep_api.accounts.letter_texts.languages import TEXTS
from hep_api.accounts.letter_texts.text import Letter, LetterText
from hep_api.accounts.models.identity import Account, PasswordReset
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.jobs.models import Job, Outcome
from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.foundation.languages import WRITTEN
from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce
from hep_api.foundation.mail.smtp import SmtpMailer, server_of
from tests.mail.server import Letterbox, running
from tests.world import Person, World

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def letterbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """A server that takes the app's mail."""
    with app.app_context():
        run_due_jobs()  # those of others
    box = Letterbox()
    with running(box) as port:
        server, sender = server_of(f"smtp://localhost:{port}?tls=none"), Address("Clinic", addr_spec="c@clinic.example")
        monkeypatch.setitem(app.extensions, "hep_mailer", SmtpMailer(server, sender))
        yield box


def tell(world: World, owner: Person, letter: Letter, **words: str) -> str:
    """Tell the owner something, and return their address."""
    with world.transaction() as session:
        letters.tell(session, owner.account_id, letter, datetime.now(UTC), **words)
        return session.scalars(select(Account.email).where(Account.id == owner.account_id)).one()


def run(app: Flask) -> None:
    with app.app_context():
        run_due_jobs()


def job_of(session: Session, owner: Person) -> Job:
    session.expire_all()
    return session.scalars(select(Job).where(Job.payload["account_id"].astext == str(owner.account_id))).one()


def make_due(world: World, owner: Person) -> None:
    with world.transaction() as session:
        mine = Job.payload["account_id"].astext == str(owner.account_id)
        session.execute(update(Job).where(mine).values(run_at=Job.run_at - timedelta(hours=2)))


def test_a_letter_reaches_the_address_that_the_account_has_when_it_is_sent(
    app: Flask, world: World, owner: Person, letterbox: Letterbox
) -> None:
    tell(world, owner, Letter.EMERGENCY_ACCESS, clinic="Riverside\r\nBcc: all@example.org")
    address = f"moved-{owner.account_id}@example.org"
    with world.transaction() as session:
        session.execute(update(Account).where(Account.id == owner.account_id).values(email=address))
    run(app)

    [taken], [envelope] = letterbox.taken, letterbox.envelopes
    assert envelope.rcpt_tos == [address]
    assert taken["Subject"] == "Emergency access at Riverside Bcc: all@example.org"
    assert taken["Bcc"] is None


def test_a_server_that_refuses_for_now_gets_the_letter_later_and_once(
    app: Flask, world: World, owner: Person, letterbox: Letterbox, session: Session
) -> None:
    letterbox.answers = ["451 come back later"]
    tell(world, owner, Letter.PASSWORD_CHANGED)
    run(app)
    waiting = job_of(session, owner)
    assert (waiting.outcome, waiting.attempts, waiting.error_type) == (None, 1, "SMTPDataError")
    assert letterbox.taken == []

    make_due(world, owner)
    run(app)
    assert job_of(session, owner).outcome is Outcome.DONE
    run(app)
    assert len(letterbox.taken) == 1


def test_a_link_that_could_not_be_sent_is_not_kept_and_the_next_try_makes_another(
    app: Flask, world: World, owner: Person, letterbox: Letterbox, session: Session
) -> None:
    links = select(PasswordReset.digest).where(PasswordReset.account_id == owner.account_id)
    letterbox.answers = ["451 come back later"]
    tell(world, owner, Letter.PASSWORD_RESET)
    run(app)
    assert session.scalar(links) is None

    make_due(world, owner)
    run(app)
    assert session.scalar(links) is not None
    plain = letterbox.taken[0].get_body(("plain",))
    assert plain is not None
    assert "hepapp://password-reset/" in plain.get_content()


def test_an_address_that_is_refused_for_good_is_given_up(
    app: Flask, world: World, owner: Person, letterbox: Letterbox, session: Session
) -> None:
    letterbox.to_recipients = ["550 5.1.1 no such user"]
    address = tell(world, owner, Letter.PASSWORD_CHANGED)
    with capture_logs() as said:
        run(app)

    assert job_of(session, owner).outcome is Outcome.DONE
    bounced = session.scalars(select(MailBounce).where(MailBounce.member_id == owner.member_id)).one()
    assert (bounced.way, bounced.reason) == (BounceWay.REFUSED, BounceReason.NO_SUCH_ADDRESS)
    assert "mail_refused" in {line["event"] for line in said}
    assert address not in str(said)


def test_a_letter_to_nobody_is_none(
    app: Flask, world: World, owner: Person, letterbox: Letterbox, session: Session
) -> None:
    with world.transaction() as arranging:
        letters.tell(arranging, owner.member_id, Letter.PASSWORD_RESET, datetime.now(UTC))
    run(app)

    mine = select(Job.outcome).where(Job.payload["account_id"].astext == str(owner.member_id))
    assert session.scalars(mine).one() is Outcome.DONE
    assert letterbox.taken == []


def test_the_job_holds_neither_address_nor_link(world: World, owner: Person, session: Session) -> None:
    address = tell(world, owner, Letter.PASSWORD_RESET)

    payload = job_of(session, owner).payload
    assert set(payload) == {"account_id", "letter", "words"}
    assert set(payload["words"]) == {"at"}
    assert address not in str(payload)


@pytest.mark.parametrize("language", WRITTEN)
def test_every_letter_has_a_text_in_every_language_with_the_same_gaps_that_its_words_fill(language: str) -> None:
    assert set(TEXTS[language]) == set(Letter)
    for letter, text in TEXTS[language].items():
        assert text.gaps == TEXTS["en"][letter].gaps
        assert ("{link}" in text.paragraphs) == bool(text.button)
        assert language == "en" or text.subject != TEXTS["en"][letter].subject
        words = {"at": NOW.isoformat(), "link": "hepapp://x/y", **dict.fromkeys(text.gaps, "word")}
        mail = letters.write(letter, "a@example.org", words, [language])
        said = (mail.subject, *mail.paragraphs)
        assert not any(bracket in part for part in said for bracket in "{}")
        assert (mail.language, NOW.isoformat() in str(said)) == (language, False)


@pytest.mark.parametrize(
    ("languages", "language", "at"),
    [
        ([], "en", "22 November 2026, 08:30 UTC"),
        (["de-AT", "fr"], "de", "22. November 2026, 08:30 UTC"),
        (["pt", "es"], "es", "22 de noviembre de 2026, 08:30 UTC"),
        (["fr"], "fr", "22 novembre 2026, 08:30 UTC"),
    ],
)
def test_a_letter_is_written_in_the_dearest_language_there_is(languages: list[str], language: str, at: str) -> None:
    mail = letters.write(Letter.PASSWORD_CHANGED, "a@example.org", {"at": NOW.isoformat()}, languages)

    assert mail.language == language
    assert at in mail.paragraphs[0]


def test_a_letter_of_before_there_were_languages_says_when_as_it_did() -> None:
    mail = letters.write(Letter.PASSWORD_CHANGED, "a@example.org", {"at": "1 May 2026, 08:30 UTC"})

    assert "1 May 2026" in mail.paragraphs[0]


def test_people_are_written_to_in_their_own_language_else_in_their_clinics(
    app: Flask, world: World, letterbox: Letterbox
) -> None:
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    with world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == lead.clinic_id).values(language="fr"))
        session.execute(update(Patient).where(Patient.id == patient.patient_id).values(language="de-CH"))
    for person in (lead, patient):
        tell(world, person, Letter.PASSWORD_CHANGED)
    run(app)

    subjects = [mail["Subject"] for mail in letterbox.taken]
    assert subjects == [TEXTS[language][Letter.PASSWORD_CHANGED].subject for language in ("fr", "de")]


def test_words_that_a_text_does_not_ask_for_are_refused_where_they_are_given(session: Session) -> None:
    for words in ({}, {"clinic": "A", "patient": "B"}):
        with pytest.raises(ValueError, match="clinic"):
            letters.tell(session, letters.UUID(int=1), Letter.EMERGENCY_ACCESS, NOW, **words)


def test_a_texts_gaps_are_what_it_asks_for() -> None:
    assert LetterText("{clinic}", ("{at} {link}", "{name}")).gaps == {"clinic", "name"}
