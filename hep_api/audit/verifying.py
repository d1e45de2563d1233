"""Verifying a clinic's chain from its first row to its last, page by page, and against heads that were kept elsewhere.

What was pruned is proven by the chain itself: pruning leaves an entry that says up to where, and by which hash the rest
begins. Whoever can write such an entry can also forge one, so a kept head that is younger than the audit is kept
accuses it. What is cut off at the end is only seen by a head that somebody kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from hep_api.audit import chain
from hep_api.audit.chain import START, Finding, Link
from hep_api.audit.models import AuditEntry

PRUNED = "audit.pruned"
ROWS_AT_A_TIME = 2000
SUBJECT = chain.HASHED.index("subject")
ACTION = chain.HASHED.index("action")

Row = tuple[Sequence[Any], bytes, bytes]


class Verification:
    """One look at a clinic's whole chain; the transaction has to act for the clinic. `last` is how far it got.

    `kept` are heads from elsewhere; those written after `kept_from` cannot have been pruned yet. `start` is where the
    rows begin, after what was pruned.
    """

    def __init__(
        self, session: Session, clinic_id: UUID, kept: Iterable[Link] = (), kept_from: datetime | None = None
    ) -> None:
        self._session = session
        self._clinic_id = clinic_id
        self._kept = {head.seq: head for head in kept}
        self._kept_from = kept_from
        self._prunings: set[str] = set()
        self.start = START
        self.last = START
        self.rows = 0

    def findings(self) -> Iterator[Finding]:
        """Yield all that is wrong, in the order of the numbers; what the heads say comes where they stand."""
        rows = self._rows()
        first = next(rows, None)
        start = START if first is None else Link(first[0][1] - 1, first[1])
        if first is not None:
            for found in chain.follow(_all_of(first, rows), start):
                if isinstance(found, Finding):
                    yield found
                else:
                    self.rows, self.last = self.rows + 1, found
                    yield from self._judge_by_head(found)
        self.start = start
        yield from self._judge_beginning(start)
        yield from (Finding(head.seq, "is missing: a head was kept of it") for head in self._unseen(start))
        yield from (Finding(head.seq, "was pruned before its time") for head in self._too_young(start))

    def _judge_by_head(self, link: Link) -> Iterator[Finding]:
        head = self._kept.pop(link.seq, link)
        if head.hash != link.hash:
            yield Finding(link.seq, "is not the row that a head was kept of: all up to it may be forged")

    def _judge_beginning(self, start: Link) -> Iterator[Finding]:
        if start != START and _pruning(start) not in self._prunings:
            yield Finding(1, f"is missing, and so is every row to {start.seq}: no pruning says so")

    def _unseen(self, start: Link) -> list[Link]:
        """Return the kept heads that were not met, but for those of rows that were pruned."""
        return sorted((head for head in self._kept.values() if head.seq > start.seq), key=lambda head: head.seq)

    def _too_young(self, start: Link) -> list[Link]:
        """Return the kept heads of rows that were pruned though they are not old enough."""
        pruned = sorted((head for head in self._kept.values() if head.seq <= start.seq), key=lambda head: head.seq)
        return [head for head in pruned if head.at and self._kept_from and head.at >= self._kept_from]

    def _rows(self) -> Iterator[Row]:
        after = None
        while page := self._page(after):
            for row in page:
                *fields, previous_hash, found = row
                if fields[ACTION] == PRUNED and fields[SUBJECT] is not None:
                    self._prunings.add(fields[SUBJECT])
                yield fields, bytes(previous_hash), bytes(found)
            after = page[-1].seq

    def _page(self, after: int | None) -> Sequence[Any]:
        columns = [getattr(AuditEntry, name) for name in chain.HASHED]
        columns[SUBJECT] = cast(AuditEntry.subject, Text).label("subject")
        rows = select(*columns, AuditEntry.previous_hash, AuditEntry.hash).where(
            AuditEntry.clinic_id == self._clinic_id
        )
        if after is not None:
            rows = rows.where(AuditEntry.seq > after)
        return self._session.execute(rows.order_by(AuditEntry.seq).limit(ROWS_AT_A_TIME)).all()


def pruning(head: Link) -> dict[str, Any]:
    """Return the subject of the entry that says what was pruned: everything up to this place."""
    return {"seq": head.seq, "hash": head.hash.hex()}


def _pruning(head: Link) -> str:
    """Return the same as PostgreSQL writes it: keys by their length, then by their letters."""
    return f'{{"seq": {head.seq}, "hash": "{head.hash.hex()}"}}'


def _all_of(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest
