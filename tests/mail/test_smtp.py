"""Mail is handed to a real SMTP server: encrypted, once, within a time limit, and what went wrong is told apart."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hep_api.foundation.mail import smtp
from hep_api.foundation.mail.messages import Mail, address_of
from hep_api.foundation.mail.models import BounceReason
from hep_api.foundation.mail.smtp import MailRefused, SmtpMailer, server_of
from tests.mail.server import Certificate, Letterbox, make_certificate, running

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SENDER = address_of("Clinic <no-reply@clinic.example>")
MAIL = Mail("anna@example.org", "Choose a new password", ("Open this:", "hepapp://password-reset/abc"))


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    return certificate


def mailer(url: str) -> SmtpMailer:
    return SmtpMailer(server_of(url), SENDER)


def test_mail_goes_out_under_starttls_to_a_server_that_proves_its_name(
    letterbox: Letterbox, trusted: Certificate
) -> None:
    options: Any = {"tls_context": trusted.context, "require_starttls": True}
    options |= {"authenticator": letterbox.sign_in, "auth_required": True}
    with running(letterbox, **options) as port:
        mailer(f"smtp://clinic:p%40ss%2Fword@localhost:{port}").send(MAIL, NOW)

    [taken], [envelope] = letterbox.taken, letterbox.envelopes
    assert (letterbox.encrypted, letterbox.signed_in_as) == ([True], ["clinic"])
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@clinic.example", ["anna@example.org"])
    assert (taken["From"], taken["To"], taken["Subject"]) == (str(SENDER), MAIL.to, MAIL.subject)
    plain, page = taken.get_body(("plain",)), taken.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "hepapp://password-reset/abc" in plain.get_content()
    assert '<a href="hepapp://password-reset/abc">' in page.get_content()


def test_mail_goes_out_over_smtps(letterbox: Letterbox, trusted: Certificate) -> None:
    with running(letterbox, ssl_context=trusted.context) as port:
        mailer(f"smtps://localhost:{port}").send(MAIL, NOW)

    assert len(letterbox.taken) == 1


def test_nothing_is_sent_in_the_clear_unless_the_settings_say_so(letterbox: Letterbox) -> None:
    with running(letterbox) as port:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            mailer(f"smtp://localhost:{port}").send(MAIL, NOW)
        assert letterbox.taken == []
        mailer(f"smtp://localhost:{port}?tls=none").send(MAIL, NOW)

    assert len(letterbox.taken) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_does_not_prove_its_name_gets_nothing(
    letterbox: Letterbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    other = make_certificate(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    secured = {"tls_context": other.context} if scheme == "smtp" else {"ssl_context": other.context}
    with running(letterbox, **secured) as port, pytest.raises(ssl.SSLCertVerificationError):
        mailer(f"{scheme}://localhost:{port}").send(MAIL, NOW)

    assert letterbox.taken == []


def test_a_server_that_refuses_for_now_is_told_from_one_that_refuses_for_good(letterbox: Letterbox) -> None:
    with running(letterbox) as port:
        to = mailer(f"smtp://localhost:{port}?tls=none")
        letterbox.to_recipients = ["450 mailbox busy"]
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            to.send(MAIL, NOW)
        letterbox.answers = ["451 try again later"]
        with pytest.raises(smtplib.SMTPDataError):
            to.send(MAIL, NOW)
        for answer, reason in (
            ("550 no such user", BounceReason.OTHER),
            ("550 5.1.1 no such user", BounceReason.NO_SUCH_ADDRESS),
            ("552 5.2.2 mailbox full", BounceReason.MAILBOX_CLOSED),
        ):
            letterbox.to_recipients = [answer]
            with pytest.raises(MailRefused) as refused:
                to.send(MAIL, NOW)
            assert refused.value.reason is reason
        # It is us whom this server does not like, whoever the mail is for.
        letterbox.to_recipients = ["554 5.7.1 relay access denied"]
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            to.send(MAIL, NOW)
        to.send(MAIL, NOW)

    assert len(letterbox.taken) == 1


def test_a_wrong_password_of_the_server_is_no_refusal_of_the_address(
    letterbox: Letterbox, trusted: Certificate
) -> None:
    options: Any = {"tls_context": trusted.context, "authenticator": letterbox.sign_in, "auth_required": True}
    with running(letterbox, **options) as port, pytest.raises(smtplib.SMTPAuthenticationError):
        mailer(f"smtp://clinic:wrong@localhost:{port}").send(MAIL, NOW)

    assert letterbox.taken == []


def test_an_address_of_another_alphabet_reaches_its_server(letterbox: Letterbox) -> None:
    with running(letterbox) as port:
        mailer(f"smtp://localhost:{port}?tls=none").send(Mail("anna@münchen.example", "Hello", ("Hello.",)), NOW)

    assert letterbox.envelopes[0].rcpt_tos == ["anna@xn--mnchen-3ya.example"]


@contextmanager
def dripping() -> Iterator[int]:
    """A server that greets for ever, a letter at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            try:
                taken, _ = listening.accept()
                with taken:
                    taken.sendall(b"220 localhost\r\n")
                    while not over.wait(0.02):
                        taken.sendall(b"2")
            except OSError:
                return

        over = threading.Event()
        dripper = threading.Thread(target=drip)
        dripper.start()
        yield listening.getsockname()[1]
        over.set()
    dripper.join()


def test_a_server_that_answers_letter_by_letter_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MOST_SECONDS", 0.2)
    with dripping() as port, pytest.raises((smtplib.SMTPException, OSError)):
        mailer(f"smtp://localhost:{port}?tls=none").send(MAIL, NOW)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, "starttls", "", "")),
        ("smtp://mail.example?tls=starttls", ("mail.example", 587, "starttls", "", "")),
        ("smtp://localhost:25?tls=none", ("localhost", 25, "none", "", "")),
        ("smtps://a%40b:p%3Aw@mail.example", ("mail.example", 465, "smtps", "a@b", "p:w")),
    ],
)
def test_a_url_says_where_and_how(url: str, expected: tuple[Any, ...]) -> None:
    server = server_of(url)
    assert (server.host, server.port, server.encryption, server.user, server.password) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example/folder",
        "smtp://mail.example:many",
        "smtp://mail.example?tls=maybe",
        "smtp://mail.example?timeout=3",
        "smtps://mail.example?tls=none",
        "smtp://user:secret@mail.example?tls=none",
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        server_of(url)
    assert "secret" not in str(refused.value)
