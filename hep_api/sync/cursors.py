"""How far a phone has pulled, as an opaque text that it hands back.

It grants nothing: each page is scoped by the viewer again, and a cursor of another patient is refused.
"""

from dataclasses import astuple, dataclass
from datetime import date
from uuid import UUID

from hep_api.foundation.errors import Problem, invalid_field
from hep_api.foundation.web import pages

SHAPE = 1
PARTS = (int, UUID, str, pages.Big, pages.Big, pages.Big, str, str, str, date, UUID)
ALL = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone stands with one patient.

    `number` and `seq` are those of the last change of plans and the last event that it has; `event` is the id of that
    event, and `epoch` that of the counter: numbers of another epoch mean nothing. What was gone by `floor` it never
    had. `shown` and `settings` are digests of how and of what it was told. Plans that ended by `ended_after`, of that
    date those up to the id `left`, it has forgotten.
    """

    patient_id: UUID
    epoch: str
    number: int
    seq: int
    floor: int
    event: str
    shown: str
    settings: str
    ended_after: date
    left: UUID


def written(position: Position) -> str:
    """Return the position as a phone keeps it."""
    return pages.encode([SHAPE, *astuple(position)])


def read(cursor: str | None, patient_id: UUID) -> Position | None:
    """Return the position in a cursor, None for none; 422 for one that is damaged, or of another patient."""
    try:
        parts = pages.decode(cursor, *PARTS)
    except Problem:
        raise _refused() from None
    if parts is None:
        return None
    shape, *rest = parts
    position = Position(*rest)
    if shape != SHAPE or position.patient_id != patient_id or min(position.number, position.seq, position.floor) < 0:
        raise _refused()
    return position


def _refused() -> Problem:
    return invalid_field("/cursor", "cursor", "Use the cursor of this patient's last answer, unchanged, or none.")
