"""A real SMTP server on this machine, with a certificate of its own, that does what a test wants of it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.foundation.mail.smtp import SmtpMailer, server_of

OK = "250 taken"


@dataclass
class Letterbox:
    """What the server took, and what it is to answer: first each of `answers`, then OK."""

    answers: list[str] = field(default_factory=list)
    to_recipients: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in_as: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if self.to_recipients:
            return self.to_recipients.pop(0)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return OK

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return OK

    def sign_in(self, *seen: Any) -> AuthResult:
        who = seen[-1]
        assert isinstance(who, LoginPassword)
        if (who.login, who.password) != (b"clinic", b"p@ss/word"):
            return AuthResult(success=False, handled=False)
        self.signed_in_as.append(who.login.decode())
        return AuthResult(success=True)


@dataclass(frozen=True)
class Certificate:
    """A certificate for localhost that signs itself, as a file, and its key."""

    file: Path
    context: ssl.SSLContext


def make_certificate(folder: Path, name: str = "localhost") -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key_file)
    return Certificate(file, context)


class AnyPort(Controller):
    """A server on a port that is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running(letterbox: Letterbox, **options: Any) -> Iterator[int]:
    """Run the server within the block; yield its port."""
    controller = AnyPort(letterbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def taking_mail_of(app: Flask) -> Iterator[Letterbox]:
    """Let a server take the app's mail within the block, from now on: what was due before is done."""
    with app.app_context():
        run_due_jobs()
    box, before = Letterbox(), app.extensions["hep_mailer"]
    with running(box) as port:
        server, sender = server_of(f"smtp://localhost:{port}?tls=none"), Address("Clinic", addr_spec="c@clinic.example")
        app.extensions["hep_mailer"] = SmtpMailer(server, sender)
        yield box
    app.extensions["hep_mailer"] = before


def words_of(mail: EmailMessage) -> str:
    """Return a mail's plain words."""
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content()).replace("\r\n", "\n")
