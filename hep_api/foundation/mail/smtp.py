"""Hands a mail to an SMTP server: encrypted and to a server that proves its name, within a time limit.

A refusal of the address for good is told apart from everything that may be better the next time.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from threading import Timer
from urllib.parse import parse_qs, unquote, urlsplit

from hep_api.foundation.mail.bounces import OF_POLICY, reason_of
from hep_api.foundation.mail.messages import Mail, compose, in_ascii
from hep_api.foundation.mail.models import BounceReason

SECONDS_PER_STEP = 10
# Together less than what a job may take.
MOST_SECONDS = 30
FOR_GOOD = range(500, 600)
# What stands before the words of an answer, as in 550 5.1.1 (RFC 2034); not every server says it.
STATUS = re.compile(rb"5\.(?P<subject>\d{1,3})\.\d{1,3}\b")
STARTTLS, SMTPS, UNENCRYPTED = "starttls", "smtps", "none"


class MailRefused(Exception):
    """The server will never take mail for this address; `reason` as far as its number says it."""

    def __init__(self, reason: BounceReason = BounceReason.OTHER) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    encryption: str
    user: str = ""
    password: str = ""


def server_of(url: str) -> Server:
    """Read HEP_SMTP_URL; ValueError says what is wrong with it, without repeating it: it holds a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("say smtp://host or smtps://host")
    asked = parse_qs(parts.query, keep_blank_values=True)
    encryption = SMTPS if parts.scheme == "smtps" else asked.pop("tls", [STARTTLS])[-1]
    if asked or encryption not in (STARTTLS, SMTPS, UNENCRYPTED):
        raise ValueError("behind the question mark only tls=starttls or tls=none, for smtp://")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and encryption == UNENCRYPTED:
        raise ValueError("tls=none would send the password for everyone to read")
    return Server(parts.hostname, parts.port or (465 if encryption == SMTPS else 587), encryption, user, password)


class SmtpMailer:
    """Sends each mail over a connection of its own."""

    def __init__(self, server: Server, sender: Address) -> None:
        self._server = server
        self._sender = sender

    def send(self, mail: Mail, now: datetime) -> None:
        """Hand the mail over; MailRefused when its address is, for good, any other error when trying again may help."""
        message = compose(mail, self._sender, now)
        with self._connected() as smtp:
            try:
                smtp.send_message(message, self._sender.addr_spec, [in_ascii(mail.to)])
            except smtplib.SMTPRecipientsRefused as refused:
                _raise_if_for_good(*next(iter(refused.recipients.values())))
                raise

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        smtp = self._connect()
        limit = Timer(MOST_SECONDS, _cut, [smtp])
        limit.daemon = True
        limit.start()
        try:
            if self._server.encryption == STARTTLS:
                smtp.starttls(context=ssl.create_default_context())
            if self._server.user:
                smtp.login(self._server.user, self._server.password)
            yield smtp
            # What the server took it has; whatever goes wrong with the goodbye must not send it a second time.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            limit.cancel()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        # Greeting as the sender's domain: looking up our own name may take as long as a name server likes.
        at, name = (self._server.host, self._server.port), self._sender.domain
        if self._server.encryption == SMTPS:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(*at, local_hostname=name, timeout=SECONDS_PER_STEP, context=context)
        return smtplib.SMTP(*at, local_hostname=name, timeout=SECONDS_PER_STEP)


def _raise_if_for_good(code: int, words: bytes) -> None:
    """Raise MailRefused when it is the address that is refused: what a server refuses by its rules is us."""
    said = STATUS.match(words)
    subject = said["subject"].decode() if said else ""
    if code in FOR_GOOD and subject != OF_POLICY:
        raise MailRefused(reason_of(subject))


def _cut(smtp: smtplib.SMTP) -> None:
    """End a connection from another thread: a server that answers byte by byte passes every limit on one step."""
    if smtp.sock is not None:
        with suppress(OSError):
            # The plain socket's way out, also under encryption: the reader's own state is left alone.
            socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)
