"""What a mail looks like: plain words and the same as simple HTML, to one person.

Whatever stands in a header is refused when it would break out of it. A mail names the sender and the reader, nobody
else, and asks for no automatic answer.
"""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from hep_api.foundation.identifiers import new_id

# By hand, as a clinic's name may hold a comma, which would part addresses.
_BARE = re.compile(r"(?P<spec>[^<>\s@]+@[^<>\s@]+)")
_NAMED = re.compile(rf"(?P<name>[^<>]*)<{_BARE.pattern}>")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_PAGE = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title><body>\n{body}\n</body></html>\n'


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address. A paragraph that is nothing but a link becomes one."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]


def compose(mail: Mail, sender: Address, now: datetime) -> EmailMessage:
    """Return the message; ValueError when an address or the subject does not fit into a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=in_ascii(mail.to))
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{new_id()}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(mail.paragraphs) + "\n")
    body = "\n".join(f"<p>{_marked_up(paragraph)}</p>" for paragraph in mail.paragraphs)
    message.add_alternative(_PAGE.format(title=html.escape(mail.subject), body=body), subtype="html")
    return message


def address_of(text: str) -> Address:
    """Read an address such as `Clinic <no-reply@clinic.example>`; ValueError when it is none."""
    found = _NAMED.fullmatch(text) or _BARE.fullmatch(text)
    if found is None:
        raise ValueError("no address")
    named = found.groupdict()
    return Address(display_name=named.get("name", "").strip().strip('"'), addr_spec=in_ascii(named["spec"]))


def in_ascii(address: str) -> str:
    """Return one address with its domain in the form that every mail server knows; ValueError when it is none."""
    if not _BARE.fullmatch(address):
        raise ValueError("no address")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _marked_up(paragraph: str) -> str:
    escaped = html.escape(paragraph)
    return f'<a href="{escaped}">{escaped}</a>' if _LINK.fullmatch(paragraph) else escaped
