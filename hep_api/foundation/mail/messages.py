"""What a mail looks like: plain words and the same as a simple page, to one person, in one language.

Whatever stands in a header is refused when it would break out of it. A mail names the sender and the reader, nobody
else, and asks for no automatic answer; whoever sends what comes again says where it ends.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from hep_api.foundation.identifiers import new_id
from hep_api.foundation.mail.page import page_of

# By hand, as a clinic's name may hold a comma, which would part addresses.
_BARE = re.compile(r"(?P<spec>[^<>\s@]+@[^<>\s@]+)")
_NAMED = re.compile(rf"(?P<name>[^<>]*)<{_BARE.pattern}>")
_ENDING = re.compile(r"https?://[!#-;=?-~]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address. A paragraph that is nothing but a link becomes one, which says `button` on the page.

    `footer` stands below, in small letters. `ends_at` is where one click ends mails of this kind (RFC 8058), empty
    where none does. `reference` goes into the Message-ID, by which a mail that comes back is known again.
    """

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    language: str = "en"
    button: str = ""
    footer: tuple[str, ...] = ()
    ends_at: str = ""
    reference: str = ""


class _Unfolded(UnstructuredHeader):
    """A header that is one word: Python would break a long one up and encode its pieces, which no program reads."""

    def fold(self, *, policy: object) -> str:  # noqa: ARG002 - the signature is email's
        return f"List-Unsubscribe: {self}\r\n"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Unfolded)  # type: ignore[arg-type]
POLICY = SMTP.clone(header_factory=_HEADERS)


def compose(mail: Mail, sender: Address, now: datetime) -> EmailMessage:
    """Return the message; ValueError when an address, the subject or a link does not fit into a header."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=in_ascii(mail.to))
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.reference or new_id()}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.ends_at:
        if not _ENDING.fullmatch(mail.ends_at):
            raise ValueError("no address of a page")
        message["List-Unsubscribe"] = f"<{mail.ends_at}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("\n\n".join((*mail.paragraphs, *(("--", *mail.footer) if mail.footer else ()))) + "\n")
    page = page_of(mail.subject, mail.paragraphs, mail.footer, mail.button, mail.language)
    message.add_alternative(page, subtype="html")
    # Last: whatever begins with Content- moves into the first part when there come to be two.
    message["Content-Language"] = mail.language
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
