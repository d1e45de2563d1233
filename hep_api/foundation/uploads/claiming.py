"""Adding what a sender names by an id of their own: once, however often it is sent, and within the clinic's room.

Who takes room is named in `app.py`, since files are kept in more than one place and share it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import ScalarSelect, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation.database import Base
from hep_api.foundation.errors import Problem, conflict, invalid_field
from hep_api.foundation.settings import Settings

T = TypeVar("T", bound=Base)
# (clinic_id, now) -> how many bytes something of the clinic takes, or has been promised.
Taker = Callable[[UUID, datetime], ScalarSelect[int]]


def digest_of_sending(*said: Any) -> bytes:
    """Return the digest by which the same sending is known again."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()


def claim(session: Session, model: type[T], row: Mapping[str, Any], refuse: Callable[[], None]) -> T:
    """Add a row, or return the one that the same sending (`sent_digest`) has added; `refuse` raises for what must not
    be added.

    Errors: 409 for an id that stands for something else.
    """
    key = (row["clinic_id"], row["id"])
    found = session.get(model, key)
    if found is None:
        refuse()
        # The same id sent twice at once waits here for the other's commit.
        session.execute(insert(model).values(row).on_conflict_do_nothing())
        found = session.get_one(model, key)
    if getattr(found, "sent_digest", None) != row["sent_digest"]:
        raise id_is_taken()
    return found


def id_is_taken() -> Problem:
    return conflict("/id", "id_taken", "This id already stands for another file.")


def refuse_over_room(session: Session, clinic_id: UUID, size: int, now: datetime, pointer: str) -> None:
    """Refuse what does not fit into the clinic's room any more; others who add to it wait until the commit."""
    settings: Settings = current_app.extensions["hep_settings"]
    used, room = bytes_used(session, clinic_id, now), settings.media_clinic_bytes
    if used + size > room:
        words = f"The clinic's files take {used} of {room} bytes; {size} more do not fit."
        raise invalid_field(pointer, "clinic_quota", words)


def bytes_used(session: Session, clinic_id: UUID, now: datetime) -> int:
    """Return what the clinic's files take and what has been promised to uploads, under a lock until the commit."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"media of {clinic_id}"})
    takers: Sequence[Taker] = current_app.extensions["hep_room_takers"]
    return sum(session.execute(select(*(taken(clinic_id, now) for taken in takers))).one())
