"""Mail that comes back is known again by its Message-ID; whatever else is brought in says nothing and harms nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from hep_api.app import create_app
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.mail.commands import LATER
from hep_api.foundation.mail.delivering import reference_of
from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce, MailKind, SentMail
from hep_api.foundation.mail.returned import MOST_BYTES, Returned, read_returned
from hep_api.foundation.settings import Settings
from tests.world import Person, World

CLINIC, MAIL = new_id(), new_id()


def report(clinic_id: UUID, mail_id: UUID, status: str = "5.1.1", action: str = "failed", whole: bool = True) -> bytes:
    """Write what Postfix and Exchange send back."""
    original = f"Message-ID: <{reference_of(clinic_id, mail_id)}@clinic.example>\r\nSubject: There is news for you\r\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    said = (
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; ana@example.org\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} no such user\r\n"
    )
    parts = (
        ("text/plain", "I'm sorry to have to inform you that your message could not be delivered."),
        (
            "message/delivery-status",
            said,
        ),
        (kind, original + ("\r\nBody\r\n" if whole else "")),
    )
    body = "".join(f"--x\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    head = "From: MAILER-DAEMON@mx.example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
    return f'{head}report-type=delivery-status; boundary="x"\r\n\r\n{body}--x--\r\n'.encode()


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("5.1.1", BounceReason.NO_SUCH_ADDRESS),
        ("5.2.2", BounceReason.MAILBOX_CLOSED),
        ("5.4.4", BounceReason.OTHER),
    ],
)
def test_a_report_says_which_mail_came_back_and_why(status: str, reason: BounceReason, whole: bool) -> None:
    assert read_returned(report(CLINIC, MAIL, status, whole=whole)) == Returned(CLINIC, MAIL, reason)


def plain(subject: str, body: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"] = subject, "ana@example.org"
    message.set_content(body)
    return message.as_bytes()


GOOD = report(CLINIC, MAIL)
OURS = f"<{reference_of(CLINIC, MAIL)}@clinic.example>".encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 4000,
        plain("Out of office", f"In reply to {OURS.decode()}"),
        report(CLINIC, MAIL, "4.2.2", "delayed"),
        report(CLINIC, MAIL, "5.1.1", "relayed"),
        report(CLINIC, MAIL, "2.0.0", "delivered"),
        GOOD.replace(OURS, b"<somebody-elses@clinic.example>"),
        GOOD.replace(OURS, OURS[:-1] + b"\r\n " + OURS[1:]),
        GOOD.replace(b"message/delivery-status", b"text/plain"),
        GOOD.replace(b"Status: 5.1.1", b"Status: =?utf-8?q?=ff?= 5.1"),
        GOOD.replace(b"message/rfc822", b"message/partial"),
        b"x" * MOST_BYTES + GOOD,
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(900)) + GOOD,
        GOOD[: len(GOOD) // 2],
    ],
)
def test_whatever_is_no_such_report_says_nothing(raw: bytes) -> None:
    assert read_returned(raw) is None


@pytest.fixture(scope="module")
def owner(app: Flask) -> Person:
    world = World(app)
    return world.owner(world.clinic())


def bring(app: Flask, raw: bytes) -> str:
    result = app.test_cli_runner().invoke(args=["mail", "bounced"], input=raw)
    assert result.exit_code == 0, result.output
    return result.output


def test_who_brings_a_report_marks_the_reader_of_that_mail_and_nobody_else(app: Flask, owner: Person) -> None:
    world = World(app)
    patient = world.patient(world.practitioner(owner.clinic_id))
    stranger = world.owner(world.clinic())
    mail_id = new_id()
    with world.transaction() as session:
        sent = {"id": mail_id, "member_id": patient.member_id, "kind": MailKind.NOTICES, "sent_at": datetime.now(UTC)}
        session.add(SentMail(clinic_id=owner.clinic_id, **sent))

    assert "not known" in bring(app, report(owner.clinic_id, new_id()))
    assert "not known" in bring(app, report(stranger.clinic_id, mail_id))
    assert "of no mail" in bring(app, b"Subject: hello\r\n\r\n")
    for _ in range(2):
        assert "Noted." in bring(app, report(owner.clinic_id, mail_id))
    with world.transaction() as session:
        kept = session.scalars(
            select(MailBounce).where(MailBounce.clinic_id.in_((owner.clinic_id, stranger.clinic_id)))
        )
        assert [(each.member_id, each.way, each.reason) for each in kept] == [
            (patient.member_id, BounceWay.RETURNED, BounceReason.NO_SUCH_ADDRESS)
        ]


def test_a_mail_server_is_told_to_come_again_while_the_database_is_away(settings: Settings) -> None:
    away = create_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/nowhere"))
    assert away.test_cli_runner().invoke(args=["mail", "bounced"], input=GOOD).exit_code == LATER
