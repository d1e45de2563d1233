"""Bounds how often something short can be guessed: six digits, or a password that is asked for again.

Guesses are counted before they are judged, in a transaction that is committed when they were wrong. Where somebody
signs in they are counted by account, and only those who know its password get that far; where somebody is signed in, by
that sign-in. So nobody who lacks the password can keep the owner out; and passkeys and recovery codes, which cannot be
guessed, are never refused for what others tried.
"""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.models.second_factor import Guesses
from hep_api.foundation.errors import Problem

# Six digits, of which three are good at a time: ten guesses an hour hit one in about four years.
MOST_IN_A_ROW = 10
WITHIN = timedelta(hours=1)


def count_guess(session: Session, subject_id: UUID, now: datetime) -> int:
    """Count one more guess and return how many there were in a row; 429 when it is one too many."""
    adding = insert(Guesses).values(subject_id=subject_id, tries=1, since=now)
    is_over = Guesses.since <= now - WITHIN
    counted = session.execute(
        adding.on_conflict_do_update(
            index_elements=["subject_id"],
            set_={
                "tries": case((is_over, 1), else_=Guesses.tries + 1),
                "since": case((is_over, now), else_=Guesses.since),
            },
        ).returning(Guesses.tries, Guesses.since)
    ).one()
    if counted.tries > MOST_IN_A_ROW:
        seconds = ceil((counted.since + WITHIN - now).total_seconds())
        detail = "Too many wrong ones in a row; a passkey or a recovery code is taken all the same."
        raise Problem("too_many_guesses", 429, detail, headers={"Retry-After": str(seconds)})
    return int(counted.tries)


def forget_guesses(session: Session, subject_id: UUID) -> None:
    """Start counting anew, after a right one."""
    session.execute(delete(Guesses).where(Guesses.subject_id == subject_id))
