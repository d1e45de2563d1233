"""Brings the exercises of a file into one clinic's library.

They keep their source, their name there, their author and their licence. Bringing a file again changes only what
differs in it; what the clinic has itself changed since stays as long as the file says the same as before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.identifiers import new_id
from hep_api.library import shelving
from hep_api.library.importing import linking_back, own_again
from hep_api.library.importing.formats import READERS, Format
from hep_api.library.importing.problems import Collected, Note
from hep_api.library.linking import LINK_LISTS
from hep_api.library.shelving import Shelf, Shelved
from hep_api.library.vocabulary import Scope

Contents = Mapping[str, Mapping[str, Any]]
BESIDE_THE_CONTENT = ("licence", *LINK_LISTS)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do, and what it has to say about single entries."""

    dry_run: bool
    read: int
    shelved: Shelved
    notes: Sequence[Note]

    @property
    def refused(self) -> int:
        return len({note.number for note in self.notes if note.refused})


def read_exercises(what: Format, data: bytes) -> Collected:
    """Return what a file holds; a wrong entry is noted and holds up no other. Takes a while for thousands of them.

    Errors: 400 for what is no JSON, 422 for a file of another format.
    """
    return READERS[what].read(data)


def bring_exercises(
    session: Session, clinic_id: UUID, what: Format, found: Collected, now: datetime, *, dry_run: bool
) -> Imported:
    """Bring a file's exercises, in a transaction that acts for the clinic; a dry run leaves everything as it was."""
    with session.begin_nested() as tried:
        shelved = _bring(session, clinic_id, READERS[what].source, found, now)
        if dry_run:
            tried.rollback()
    return Imported(dry_run, found.read, shelved, sorted(found.notes, key=lambda note: note.number))


def _bring(session: Session, clinic_id: UUID, source: str, found: Collected, now: datetime) -> Shelved:
    own, others = own_again.split(session, clinic_id, found.contents)
    brought = [own_again.rewrite(session, own)]
    for licence in sorted({content["licence"] for content in others.values()}):
        shelf = Shelf(clinic_id, Scope.CLINIC, source, licence)
        contents = {key: _said(content) for key, content in others.items() if content["licence"] == licence}
        brought.append(shelving.shelve(session, shelf, contents, now, make_id=lambda _: new_id()))
    linking_back.link(session, clinic_id, source, found)
    return Shelved(
        sum(part.added for part in brought),
        sum(part.changed for part in brought),
        sum(part.unchanged for part in brought),
    )


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in content.items() if field not in BESIDE_THE_CONTENT}
