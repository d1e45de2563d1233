"""Links that end mails of a kind for whoever got one: signed, for a member and the kinds that stood in the mail.

They do not expire, as a mail may be opened after years; all that they can do is to send less.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from itsdangerous import BadData

from hep_api.foundation.settings import Settings
from hep_api.foundation.signing import signer
from hep_api.notifications.kinds import NoticeKind

PURPOSE = b"hep-api: links that end mails"
DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Ending:
    """Whose mails end, and of which kinds; `digest`: those that come by the day."""

    clinic_id: UUID
    member_id: UUID
    kinds: Collection[NoticeKind]
    digest: bool


def ending_link(clinic_id: UUID, member_id: UUID, kinds: Collection[str]) -> str:
    """Return where mails of these kinds (`NoticeKind`, DIGEST) end; empty where the installation names no address."""
    settings: Settings = current_app.extensions["hep_settings"]
    if not settings.mail_unsubscribe_link or not kinds:
        return ""
    return settings.mail_unsubscribe_link + token_for(clinic_id, member_id, kinds)


def token_for(clinic_id: UUID, member_id: UUID, kinds: Collection[str]) -> str:
    """Return what such a link ends with."""
    settings: Settings = current_app.extensions["hep_settings"]
    return str(signer(settings.token_keys_folder, PURPOSE).dumps([clinic_id.hex, member_id.hex, *sorted(kinds)]))


def read_ending(token: str) -> Ending | None:
    """Return what a token of ours ends; None when it is forged."""
    settings: Settings = current_app.extensions["hep_settings"]
    try:
        clinic, member, *said = signer(settings.token_keys_folder, PURPOSE).loads(token)
    except BadData:
        return None
    # A kind that this version does not know any more ends nothing.
    kinds = [kind for kind in NoticeKind if kind.value in said]
    return Ending(UUID(hex=clinic), UUID(hex=member), kinds, DIGEST in said)
