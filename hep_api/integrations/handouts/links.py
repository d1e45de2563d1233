"""Links to handouts: whoever holds one sees that handout, for ten minutes, as page or PDF.

A browser that goes to an address sends no bearer token. So the link is signed (`foundation/signing.py`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from hep_api.foundation.settings import Settings
from hep_api.foundation.signing import signer
from hep_api.integrations.handouts.wishes import Wishes

VALID_FOR = timedelta(minutes=10)
PURPOSE = b"hep-api: links to handouts"


@dataclass(frozen=True, slots=True)
class HandoutLink:
    """Addresses of the page and of the PDF, relative to this server, and until when they hold."""

    page_url: str
    pdf_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link names."""

    clinic_id: UUID
    plan_id: UUID
    wishes: Wishes


def make_link(clinic_id: UUID, plan_id: UUID, wishes: Wishes, now: datetime) -> HandoutLink:
    """Return a link to the handout of a plan."""
    expires_at = (now + VALID_FOR).replace(microsecond=0)
    said = [clinic_id.hex, plan_id.hex, wishes.to_json(), int(expires_at.timestamp())]
    token = _serializer().dumps(said)
    address = f"/v1/handouts/{token!s}"
    return HandoutLink(address, f"{address}/pdf", expires_at)


def read_link(token: str, now: datetime) -> Linked | None:
    """Return what a link of ours names; None when it is forged or has expired."""
    try:
        clinic, plan, wishes, expires_at = _serializer().loads(token)
    except BadData:
        return None
    if now >= datetime.fromtimestamp(expires_at, UTC):
        return None
    return Linked(UUID(hex=clinic), UUID(hex=plan), Wishes.from_json(wishes))


def _serializer() -> URLSafeSerializer:
    settings: Settings = current_app.extensions["hep_settings"]
    return signer(settings.token_keys_folder, PURPOSE)
