"""What of a plan its patient has not seen: the revision published last, or a pause or an end recorded since they saw
it. Words of a plan and its goals are no news that rings.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.database import run

NEWS = """
SELECT plan.id AS plan_id, plan.patient_id, plan.last_revision,
       NOT EXISTS (SELECT FROM revision_acknowledgement AS any_seen
                    WHERE any_seen.clinic_id = plan.clinic_id AND any_seen.plan_id = plan.id)
       AND NOT EXISTS (SELECT FROM notice_told AS told
                        WHERE told.clinic_id = plan.clinic_id AND told.member_id = plan.patient_id
                          AND told.kind IN ('plan_published', 'plan_changed') AND told.subject_id = plan.id
                          AND told.outcome <> 'held')
       -- A plan of long ago is no new one, though nobody has said that they saw it.
       AND greatest(last.published_at, changed.recorded_at) < changed.first_published_at + interval '1 day' AS is_new
  FROM plan
  JOIN plan_revision AS last ON last.clinic_id = plan.clinic_id AND last.plan_id = plan.id
   AND last.number = plan.last_revision
 CROSS JOIN LATERAL (
    SELECT (SELECT min(first.published_at) FROM plan_revision AS first
             WHERE first.clinic_id = plan.clinic_id AND first.plan_id = plan.id) AS first_published_at,
           greatest((SELECT max(pause.recorded_at) FROM plan_pause AS pause
                      WHERE pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id),
                    (SELECT max(plan_end.recorded_at) FROM plan_end
                      WHERE plan_end.clinic_id = plan.clinic_id AND plan_end.plan_id = plan.id)) AS recorded_at
 ) AS changed
 CROSS JOIN LATERAL (
    -- Phases are published together: whoever has seen one of them has seen what there was to see.
    SELECT max(seen.received_at) AS received_at
      FROM plan_revision AS phase
      JOIN revision_acknowledgement AS seen ON seen.clinic_id = phase.clinic_id AND seen.revision_id = phase.id
     WHERE phase.clinic_id = last.clinic_id AND phase.plan_id = last.plan_id
       AND phase.published_at = last.published_at
 ) AS seen
 WHERE plan.clinic_id = %(clinic_id)s AND plan.id = ANY(%(plan_ids)s::uuid[])
   AND (seen.received_at IS NULL OR changed.recorded_at > seen.received_at)
"""


@dataclass(frozen=True, slots=True)
class PlanNews:
    """A plan with something that its patient has not seen; `is_new`: it is of today, and they have seen, and heard,
    nothing of it yet.
    """

    plan_id: UUID
    patient_id: UUID
    last_revision: int
    is_new: bool


def list_plan_news(session: Session, clinic_id: UUID, plan_ids: Collection[UUID]) -> list[PlanNews]:
    """Return those of the plans that hold something new, in one statement; without plans that have no exercises yet."""
    said = {"clinic_id": clinic_id, "plan_ids": list(plan_ids)}
    rows = run(session, NEWS, said)
    return [PlanNews(row.plan_id, row.patient_id, row.last_revision, row.is_new) for row in rows]
