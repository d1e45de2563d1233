"""Adding judged reports to the event table in one statement, whatever their number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from hep_api.adherence.judging import is_late
from hep_api.adherence.models.events import Source
from hep_api.adherence.reports import Report
from hep_api.foundation.database import run
from hep_api.plans.queries.histories import PrescriptionHistory

_REPORTED = (
    "id uuid, entry_id uuid, revision int, prescription_id uuid, version int, kind text, slot smallint, "
    "performed_at timestamptz, performed_offset_seconds int, zone text, performed_on date, sets int, reps int, "
    "seconds int, sides smallint, load jsonb, pain smallint, effort smallint, difficulty text, comment text, "
    "skip_reason text, reason text, source text, late bool"
)
_NAMES = ", ".join(column.split()[0] for column in _REPORTED.split(", "))
# The target is sent once for each version and not once for each event. max(seq) cannot move under the patient's lock.
_ADD = f"""
    INSERT INTO adherence_event (clinic_id, patient_id, seq, {_NAMES}, digest, plan_id, target,
                                 received_at, recorded_by, batched)
    SELECT %(clinic_id)s, %(patient_id)s, newest.seq + r.place, {", ".join("r." + name for name in _NAMES.split(", "))},
           decode(r.digest, 'hex'), t.plan_id, t.target, %(received_at)s, %(recorded_by)s, %(batched)s
      FROM json_to_recordset(cast(%(reports)s AS json)) AS r(place int, digest text, {_REPORTED})
      JOIN jsonb_to_recordset(cast(%(targets)s AS jsonb))
        AS t(prescription_id uuid, version int, plan_id uuid, target jsonb)
        ON t.prescription_id = r.prescription_id AND t.version = r.version
     CROSS JOIN (SELECT coalesce(max(seq), 0) AS seq FROM adherence_event
                  WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s) AS newest
        ON CONFLICT DO NOTHING
    RETURNING id
"""  # noqa: S608 - made of the constants above


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the server adds to every event of a batch; `source` where the report names none."""

    clinic_id: UUID
    patient_id: UUID
    received_at: datetime
    recorded_by: UUID
    source: Source
    batched: bool


def add_events(
    session: Session, receipt: Receipt, reports: Sequence[Report], histories: Mapping[UUID, PrescriptionHistory]
) -> set[UUID]:
    """Add the reports in their order and return the ids that were added."""
    targets = {(report.prescription_id, report.version) for report in reports}
    rows = run(
        session,
        _ADD,
        {
            "clinic_id": receipt.clinic_id,
            "patient_id": receipt.patient_id,
            "received_at": receipt.received_at,
            "recorded_by": receipt.recorded_by,
            "batched": receipt.batched,
            "reports": orjson.dumps([_row(place, each, receipt) for place, each in enumerate(reports, 1)]).decode(),
            "targets": orjson.dumps(_targets(targets, histories)).decode(),
        },
    )
    return set(rows.scalars())


def _row(place: int, report: Report, receipt: Receipt) -> dict[str, Any]:
    offset = report.performed_at.utcoffset()
    assert offset is not None, "the schema takes no instant without an offset"
    return {
        "place": place,
        "digest": report.digest.hex(),
        "id": report.id,
        "entry_id": report.entry_id,
        "revision": report.revision,
        "prescription_id": report.prescription_id,
        "version": report.version,
        "kind": report.kind,
        "slot": report.slot,
        "performed_at": report.performed_at,
        "performed_offset_seconds": int(offset.total_seconds()),
        "zone": report.zone,
        "performed_on": report.performed_on,
        "sets": report.sets,
        "reps": report.reps,
        "seconds": report.seconds,
        "sides": report.sides,
        "load": None if report.load is None else report.load.to_json(),
        "pain": report.pain,
        "effort": report.effort,
        "difficulty": report.difficulty,
        "comment": report.comment,
        "skip_reason": report.skip_reason,
        "reason": report.reason,
        "source": report.source or receipt.source,
        "late": is_late(report, receipt.received_at),
    }


def _targets(
    wanted: Collection[tuple[UUID, int]], histories: Mapping[UUID, PrescriptionHistory]
) -> list[dict[str, Any]]:
    """Return the snapshot of each prescription and version: what the patient was asked to do."""
    return [
        {
            "prescription_id": prescription_id,
            "version": version,
            "plan_id": histories[prescription_id].plan_id,
            "target": {
                "exercise": histories[prescription_id].exercise_name,
                "dose": histories[prescription_id].named[version].dose.to_json(),
                "schedule": histories[prescription_id].named[version].schedule.to_json(),
            },
        }
        for prescription_id, version in wanted
    ]
