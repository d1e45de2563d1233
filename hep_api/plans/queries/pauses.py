"""Reads of pauses: the present word on each, whether it holds or was withdrawn."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.plans.dating import Span
from hep_api.plans.models.plans import Plan, PlanPause
from hep_api.plans.queries import plans


def list_pauses_for(
    session: Session, viewer: Viewer, plan_id: UUID, limit: int, cursor: str | None
) -> pages.Page[PlanPause]:
    """Return a plan's pauses as they stand, in the order in which they were first recorded."""
    plan = plans.plan_for(session, viewer, plan_id).plan
    query = _present(plan)
    after = pages.decode(cursor, UUID)
    if after:
        query = query.where(PlanPause.pause_id > after[0])
    rows = session.scalars(query.order_by(PlanPause.pause_id).limit(limit + 1)).all()
    return pages.cut(rows, limit, lambda pause: [pause.pause_id])


def present_pause(session: Session, plan: Plan, pause_id: UUID) -> PlanPause:
    """Return the present word on one pause of the plan; 404 when there is none or it was withdrawn."""
    pause = session.scalar(_present(plan).where(PlanPause.pause_id == pause_id))
    if pause is None or pause.withdrawn:
        raise not_found("pause")
    return pause


def spans_in_force(session: Session, plan: Plan, *, but: UUID | None = None) -> list[Span]:
    """Return the dates of the plan's pauses that hold, leaving out pause `but`."""
    rows = session.scalars(_present(plan).where(PlanPause.withdrawn.is_(False)))
    return [(pause.from_on, pause.to_on) for pause in rows if pause.pause_id != but]


def _present(plan: Plan) -> Select[PlanPause]:
    return select(PlanPause).where(
        PlanPause.clinic_id == plan.clinic_id, PlanPause.plan_id == plan.id, PlanPause.replaced_at.is_(None)
    )
