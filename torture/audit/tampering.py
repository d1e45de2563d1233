"""What somebody who runs the database may do to the record, and which numbers a verification has to name."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.audit.models import AuditEntry

# Another value for each column of a row, by its type.
OTHERWISE = {
    "Uuid": "'00000000-0000-7000-8000-00000000dead'",
    "BigInteger": "seq + 100000",
    "DateTime": "at - interval '1 hour'",
    "Text": "'something_else'",
    "Word": "CASE WHEN outcome = 'denied' THEN 'allowed' ELSE 'denied' END",
    "JSONB": '\'{"plan_id": "another"}\'',
    "LargeBinary": "sha256(hash)",
}
COLUMNS = {column.name: OTHERWISE[type(column.type).__name__] for column in AuditEntry.__table__.columns}


@dataclass(frozen=True, slots=True)
class Tampering:
    """What was done at a place, and the numbers of which at least one has to be named, for each set."""

    words: str
    named: tuple[frozenset[int], ...]


Tamper = Callable[[Session, str, int, Random], Tampering]


def change(session: Session, clinic_id: str, seq: int, lots: Random) -> Tampering:
    """Write something else into one column."""
    column = lots.choice(sorted(COLUMNS.keys() - {"clinic_id", "seq"}))
    _set(session, f"{column} = {COLUMNS[column]}", clinic_id, seq)
    return Tampering(f"{column} of {seq} changed", (frozenset({seq, seq + 1}),))


def delete(session: Session, clinic_id: str, seq: int, _: Random) -> Tampering:
    """Remove a row."""
    _run(session, "DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq = :seq", clinic_id, seq)
    return Tampering(f"{seq} deleted", (frozenset({seq}),))


def move_away(session: Session, clinic_id: str, seq: int, _: Random) -> Tampering:
    """Put a row into another clinic's chain."""
    _set(session, f"clinic_id = {COLUMNS['clinic_id']}", clinic_id, seq)
    return Tampering(f"{seq} moved to another chain", (frozenset({seq}),))


def swap(session: Session, clinic_id: str, seq: int, _: Random) -> Tampering:
    """Let two rows that follow each other change places."""
    for first, second in ((seq, -1), (seq + 1, seq), (-1, seq + 1)):
        _set(session, f"seq = {second}", clinic_id, first)
    return Tampering(f"{seq} and {seq + 1} swapped", (frozenset({seq, seq + 1}), frozenset({seq + 1, seq + 2})))


def copy(session: Session, clinic_id: str, seq: int, _: Random) -> Tampering:
    """Let a row say what its neighbour says, neighbour's hashes and all."""
    names = ", ".join(name for name in COLUMNS if name not in ("clinic_id", "seq"))
    _run(
        session,
        f"UPDATE audit_entry AS row SET ({names}) = (SELECT {names} FROM audit_entry AS other"
        " WHERE other.clinic_id = row.clinic_id AND other.seq = row.seq - 1) WHERE clinic_id = :clinic AND seq = :seq",
        clinic_id,
        seq,
    )
    return Tampering(f"{seq} copied from {seq - 1}", (frozenset({seq, seq + 1}),))


KINDS: tuple[Tamper, ...] = (change, change, change, delete, move_away, swap, copy)


def _set(session: Session, values: str, clinic_id: str, seq: int) -> None:
    _run(session, f"UPDATE audit_entry SET {values} WHERE clinic_id = :clinic AND seq = :seq", clinic_id, seq)


def _run(session: Session, statement: str, clinic_id: str, seq: int) -> None:
    done = session.execute(text(statement), {"clinic": clinic_id, "seq": seq})
    assert done.rowcount == 1, statement  # type: ignore[attr-defined]
