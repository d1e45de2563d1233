"""Reads what a mail server sends back about a mail that it could not deliver (RFC 3464), by itself and from anyone: it
is believed as far as it names a mail of ours by its Message-ID, which only its reader and who carried it know.

Of all that stands in it, an id and one number are taken. What cannot be read says nothing.
"""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any
from uuid import UUID

from hep_api.foundation.mail.bounces import reason_of
from hep_api.foundation.mail.models import BounceReason

# The mail that comes back stands in it, whole or its headers; ours are small. Python takes time for each part within a
# part, and far too much for what only an attacker writes: 90 seconds for a million bytes.
MOST_BYTES = 128 * 1024
MOST_PARTS = 50
MOST_BOUNDARIES = 10
REPORTS = ("message/delivery-status", "message/global-delivery-status")
WHOLE = ("message/rfc822", "message/global")
HEADERS = ("text/rfc822-headers", "message/global-headers")
_FOR_GOOD = re.compile(r"\s*5\.(?P<subject>\d{1,3})\.\d{1,3}")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
# As `delivering.reference_of` writes it.
_OURS = re.compile(rb"<(?P<clinic>[0-9a-f]{32})\.(?P<mail>[0-9a-f]{32})@[^<>@\s]{1,255}>")


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail of ours that will never arrive, and why."""

    clinic_id: UUID
    mail_id: UUID
    reason: BounceReason


def read_returned(raw: bytes) -> Returned | None:
    """Return which mail came back; None for anything else: a delay, a note of absence, advertising, an attack."""
    if raw.lower().count(b"boundary=") > MOST_BOUNDARIES:
        return None
    try:
        parts = _parts(BytesParser(policy=compat32).parsebytes(raw[:MOST_BYTES]))
        subject, ours = _failed(parts), _mail_in(parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Python's parser takes anything, and fails of some of it only when it is asked for a part.
        return None
    if subject is None or ours is None:
        return None
    return Returned(UUID(ours["clinic"].decode()), UUID(ours["mail"].decode()), reason_of(subject))


def _parts(message: Message) -> list[Message]:
    return [part for part, _ in zip(message.walk(), range(MOST_PARTS), strict=False)]


def _failed(parts: list[Message]) -> str | None:
    """Return the second number of a status that says: never; None when no report says so."""
    for report in (part for part in parts if part.get_content_type() in REPORTS):
        blocks: Any = report.get_payload()
        for block in blocks:
            action, status = str(block.get("Action", "")), _FOR_GOOD.match(str(block.get("Status", "")))
            if action.strip().lower() == "failed" and status:
                return status["subject"]
    return None


def _mail_in(parts: list[Message]) -> re.Match[bytes] | None:
    """Return our own Message-ID in the mail that came back."""
    for part in parts:
        if part.get_content_type() in WHOLE:
            said = str(part.get_payload(0).get("Message-ID", "")).strip().encode(errors="replace")  # type: ignore[union-attr]
        elif part.get_content_type() in HEADERS:
            headers = part.get_payload(decode=True)
            found = _MESSAGE_ID.search(headers) if isinstance(headers, bytes) else None
            said = found[1] if found else b""
        else:
            continue
        if ours := _OURS.fullmatch(said):
            return ours
    return None
