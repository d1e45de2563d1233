"""The chain: how a row becomes a hash, and what is wrong with rows that do not follow from each other.

It says in Python what the database's function `append_audit` does, from its outside: whoever judges the audit does not
ask the database whether it is right.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

FIRST_HASH = bytes(32)
# In this order; each as its text, null as null.
HASHED = (
    *("clinic_id", "seq", "at", "action", "outcome", "account_id", "member_id", "role", "sign_in_id", "patient_id"),
    *("subject", "emergency_access_id", "address", "request_id"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: a number and the hash that stands there, and when its row was written if that is known."""

    seq: int
    hash: bytes
    at: datetime | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"


START = Link(0, FIRST_HASH)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the row of one number."""

    seq: int
    words: str

    def __str__(self) -> str:
        return f"{self.seq}: {self.words}"


def hash_of(previous_hash: bytes, fields: Sequence[Any]) -> bytes:
    """Return the hash of a row, from the hash before it and its fields in the order of `HASHED`, `subject` as text."""
    return hashlib.sha256(previous_hash + canonical(fields).encode()).digest()


def canonical(fields: Sequence[Any]) -> str:
    """Return the row as the JSON array of texts that is hashed: unambiguous, whatever is in the fields."""
    return json.dumps([None if field is None else _text(field) for field in fields], ensure_ascii=False)


def follow(rows: Iterable[tuple[Sequence[Any], bytes, bytes]], start: Link) -> Iterator[Finding | Link]:
    """Yield what is wrong with rows (fields, previous hash, hash) in the order of their numbers, and each row's link.

    Each row is judged by itself and by the one before as it stands, so that one bad row is not blamed on all after it.
    """
    before, time_before = start, None
    for fields, previous_hash, found in rows:
        seq, at = fields[1], fields[2]
        if seq > before.seq + 1:
            yield _missing(before.seq + 1, seq - 1)
        elif seq <= before.seq:
            yield Finding(seq, "stands where no row can stand")
        elif previous_hash != before.hash:
            yield Finding(seq, "does not follow from the row before it")
        if found != hash_of(previous_hash, fields):
            yield Finding(seq, "was changed: its hash is not that of what it says")
        if time_before is not None and at < time_before:
            yield Finding(seq, "is older than the row before it")
        before, time_before = Link(seq, found), at
        yield before


def _missing(first: int, last: int) -> Finding:
    words = "is missing" if first == last else f"is missing, and so is every row to {last}"
    return Finding(first, words)


def _text(field: Any) -> str:
    if isinstance(field, datetime):
        return field.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
    return str(field)
