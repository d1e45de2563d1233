"""Brings a collection of exercises into one clinic's library, from a file that its owner names.

Imported exercises keep their source, their name there and their licence. Importing again changes only what differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic
from hep_api.foundation import tenancy
from hep_api.foundation.errors import invalid_field
from hep_api.foundation.identifiers import new_id
from hep_api.library import free_exercise_db, shelving
from hep_api.library.free_exercise_db import Note
from hep_api.library.shelving import Shelf, Shelved
from hep_api.library.vocabulary import Scope


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, and what it has to say about single entries."""

    read: int
    shelved: Shelved
    notes: Sequence[Note]

    @property
    def refused(self) -> int:
        return len({note.number for note in self.notes if note.refused})


def import_free_exercise_db(session: Session, clinic_slug: str, entries: Any, now: datetime) -> Imported:
    """Import the entries of a free-exercise-db file for a clinic; a wrong entry is noted and holds up no other."""
    clinic_id = session.scalar(select(Clinic.id).where(Clinic.slug == clinic_slug))
    if clinic_id is None:
        raise invalid_field("clinic", "unknown_clinic", f"There is no clinic with the slug {clinic_slug!r}.")
    tenancy.act_for(session, clinic_id)
    if not isinstance(entries, list):
        raise invalid_field("", "type", "A free-exercise-db file is one list of exercises.")
    contents, notes = free_exercise_db.translate_all(entries)
    shelf = Shelf(clinic_id, Scope.CLINIC, free_exercise_db.SOURCE, free_exercise_db.LICENCE)
    ours = {key: shelving.content_of(content) for key, content in contents.items()}
    shelved = shelving.shelve(session, shelf, ours, now, make_id=lambda _: new_id())
    return Imported(len(entries), shelved, notes)
