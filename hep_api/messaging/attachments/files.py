"""Which files a message may carry, and where in the store they lie: with the patient, to be exported and erased with
them; what is still arriving, or not yet looked at, apart from that.
"""

import re
import unicodedata
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.clinics.folders import folder_of_patient
from hep_api.foundation.database import after_commit
from hep_api.foundation.files.store import files
from hep_api.foundation.media.ffmpeg import FFmpeg
from hep_api.foundation.media.keeping import Keeper, Place
from hep_api.foundation.media.scanning import Scanner
from hep_api.foundation.media.sniffing import PDF, TYPES, MediaKind, MediaType
from hep_api.foundation.media.taking import Taken, limits_of
from hep_api.foundation.settings import Settings
from hep_api.messaging.models.attachments import Attachment

_WORDS = (
    "Send a JPEG, PNG or WebP picture, an MP4 or WebM video, a voice in M4A, Ogg Opus, WebM or MP3, or a PDF; what is "
    "anything else, nobody could open."
)
LONGEST_NAME = 120
# Letters that turn the order of others around would let a name show another ending than it has.
_INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Cn")
_KEPT_APART = "withdrawn"


def taken() -> Taken:
    """Return what a message may carry."""
    return Taken(tuple(TYPES.values()), limits_of(_settings()), _WORDS)


def keeper() -> Keeper:
    """Return who puts files into the store, with the host's FFmpeg and scanner."""
    scanner: Scanner | None = current_app.extensions["hep_scanner"]
    return Keeper(files(), FFmpeg.find(_settings().ffmpeg), scanner)


def can_be_kept_at_once(kind: MediaType) -> bool:
    """Tell what needs no worker: pictures and PDFs, where there is no scanner to ask first."""
    return kind.kind in (MediaKind.PICTURE, MediaKind.DOCUMENT) and current_app.extensions["hep_scanner"] is None


def folder_of_arriving(clinic_id: UUID, patient_id: UUID | None = None) -> str:
    """Return the prefix of what has come and was not looked at yet, of a clinic or of one patient."""
    return f"arriving/{clinic_id}/{patient_id}" if patient_id else f"arriving/{clinic_id}"


def folder_of_pieces(attachment: Attachment) -> str:
    """Return where what has come of an attachment lies, until it has been looked at."""
    return f"{folder_of_arriving(attachment.clinic_id, attachment.patient_id)}/{attachment.id}"


def folder_of(attachment: Attachment) -> str:
    """Return the prefix of what is kept of an attachment. By the conversation's id in it an export for the patient
    leaves out what staff sent each other.
    """
    of_patient = folder_of_patient(attachment.clinic_id, attachment.patient_id)
    return f"{of_patient}/attachments/{attachment.conversation_id}/{attachment.id}"


def place_of(attachment: Attachment) -> Place:
    """Return how an attachment's renditions find their place; once they are put away, another than links lead to."""
    folder = folder_of(attachment) + (f"/{_KEPT_APART}" if attachment.put_away_at else "")
    return lambda rendition, content_type: f"{folder}/{rendition}.{TYPES[content_type].ending}"


def place_apart(attachment: Attachment) -> Place:
    """Return where renditions are put away to."""
    folder = f"{folder_of(attachment)}/{_KEPT_APART}"
    return lambda rendition, content_type: f"{folder}/{rendition}.{TYPES[content_type].ending}"


def delete_after_commit(session: Session, folder: str) -> None:
    """Delete what lies in a folder once the transaction is committed, so that no row ever stands without its files."""

    def delete() -> None:
        files().delete_under(folder)

    after_commit(session, delete)


def name_to_show(sent: str, kind: MediaType) -> str | None:
    """Return what a PDF is called: no folders, nothing invisible, and an ending that is true. Others have no name."""
    if kind is not PDF:
        return None
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter) not in _INVISIBLE)
    stem = re.sub(r"\.pdf\Z", "", seen.strip(), flags=re.IGNORECASE).strip(" .")
    return f"{stem[: LONGEST_NAME - 4] or 'document'}.pdf"


def name_to_save(name: str | None) -> str:
    """Return under which name a phone is to save it: letters and digits that every file system and header takes."""
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain.removesuffix(".pdf")).strip("-")
    return f"{stem[:80] or 'document'}.pdf"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["hep_settings"]
    return settings
