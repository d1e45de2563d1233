"""Write the timeline that the revisions give: derived rows, replaced as a whole and never edited."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PrescriptionVersion
from hep_api.plans.queries.contents import contents_of_plans
from hep_api.plans.timeline import RevisionContent, VersionInForce, cut_timeline, governing_revisions


def rewrite_timeline(session: Session, plan: Plan) -> None:
    """Cut the plan's timeline from all its revisions and put it in place of the older one."""
    contents = contents_of_plans(session, plan.clinic_id, [plan.id])[plan.id]
    governing = governing_revisions(contents)
    session.execute(
        delete(PrescriptionVersion).where(
            PrescriptionVersion.clinic_id == plan.clinic_id, PrescriptionVersion.plan_id == plan.id
        )
    )
    session.add_all(_row(plan, version, _position(version, governing)) for version in cut_timeline(contents))
    session.flush()


def _row(plan: Plan, version: VersionInForce, position: int) -> PrescriptionVersion:
    return PrescriptionVersion(
        clinic_id=plan.clinic_id,
        plan_id=plan.id,
        prescription_id=version.prescription_id,
        version=version.version,
        position=position,
        dose=version.dose.to_json(),
        schedule=version.schedule.to_json(),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        anchor_on=version.anchor_on,
    )


def _position(version: VersionInForce, governing: Sequence[RevisionContent]) -> int:
    """Return the place that the newest revision in the version's stretch gives it; order alone makes no version."""
    newest = [revision for revision in governing if version.covers(revision.effective_on)][-1]
    return list(newest.items).index(version.prescription_id)
