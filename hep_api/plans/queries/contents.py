"""What the revisions of plans say, as the rules take it: the source of every timeline."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.database import run
from hep_api.plans.timeline import Item, RevisionContent

REMEMBERED = 4096
_CONTENTS = """
    SELECT r.plan_id, r.number, r.effective_on, i.prescription_id, i.dose::text AS dose, i.schedule::text AS schedule
      FROM plan_revision r
      LEFT JOIN revision_item i
        ON i.clinic_id = r.clinic_id AND i.revision_id = r.id
       AND (cast(%(prescriptions)s AS uuid[]) IS NULL OR i.prescription_id = ANY (cast(%(prescriptions)s AS uuid[])))
     WHERE r.clinic_id = %(clinic_id)s AND r.plan_id = ANY (%(plans)s)
       AND (cast(%(known_at)s AS timestamptz) IS NULL OR r.published_at <= %(known_at)s)
     ORDER BY r.plan_id, r.number, i.position
"""


def contents_of_plans(
    session: Session,
    clinic_id: UUID,
    plan_ids: Collection[UUID],
    *,
    prescription_ids: Collection[UUID] | None = None,
    known_at: datetime | None = None,
) -> dict[UUID, list[RevisionContent]]:
    """Return all revisions by plan, their items in order, in one statement; a plan without revisions has none.

    With `prescription_ids` only their items, but still every revision: one without any of them is what ends them.
    """
    session.flush()
    said = {
        "clinic_id": clinic_id,
        "plans": list(plan_ids),
        "prescriptions": None if prescription_ids is None else list(prescription_ids),
        "known_at": known_at,
    }
    return _grouped(run(session, _CONTENTS, said))


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[RevisionContent]]:
    plans: dict[UUID, dict[int, tuple[date, dict[UUID, Item]]]] = defaultdict(dict)
    for row in rows:
        _, items = plans[row.plan_id].setdefault(row.number, (row.effective_on, {}))
        if row.prescription_id is not None:
            items[row.prescription_id] = _item(row.dose, row.schedule)
    contents: dict[UUID, list[RevisionContent]] = defaultdict(list)
    for plan_id, revisions in plans.items():
        contents[plan_id] = [RevisionContent(number, day, items) for number, (day, items) in revisions.items()]
    return contents


# Revisions carry on most of what the one before said, and every upload reads them all.
@lru_cache(REMEMBERED)
def _item(dose: str, schedule: str) -> Item:
    return Item(Dose.from_json(orjson.loads(dose)), Schedule.from_json(orjson.loads(schedule)))
