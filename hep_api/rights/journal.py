"""The journal of erasures, outside the database, so that a restored backup is erased again. Ids only.

It lies in the file store, and a second time in a folder that the keeper may name, as a store that is restored from a
backup has an old journal. An entry is written before its erasure is carried out, so that none can be missing.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import current_app

from hep_api.foundation.files.store import Files, files
from hep_api.foundation.settings import Settings

FOLDER = "erasures"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """Somebody who was erased."""

    clinic_id: UUID
    patient_id: UUID
    erased_at: datetime


def write_entry(entry: Entry) -> None:
    """Write the entry everywhere; written again, it says the same."""
    said = {
        "clinic_id": str(entry.clinic_id),
        "patient_id": str(entry.patient_id),
        "erased_at": entry.erased_at.isoformat(),
    }
    for place in _places():
        place.put(f"{FOLDER}/{entry.clinic_id}/{entry.patient_id}.json", json.dumps(said).encode())


def read_entries() -> list[Entry]:
    """Return the entries of all places, in order, each patient once."""
    read = sorted(entry for place in _places() for entry in _entries_in(place))
    return list({(entry.clinic_id, entry.patient_id): entry for entry in reversed(read)}.values())[::-1]


def _entries_in(place: Files) -> Iterator[Entry]:
    for found in place.list_under(FOLDER):
        said = json.loads(b"".join(place.stream(found.path)))
        yield Entry(UUID(said["clinic_id"]), UUID(said["patient_id"]), datetime.fromisoformat(said["erased_at"]))


def _places() -> Iterable[Files]:
    settings: Settings = current_app.extensions["hep_settings"]
    yield files()
    if settings.erasure_journal_folder:
        yield Files(Path(settings.erasure_journal_folder))
