"""Making and stopping the rules by which check-ins are asked, and looking again when a patient's plans change.

Whoever adds to what is to be looked at adds the job that looks: one of a clinic waits at a time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.facts import PatientMoved
from hep_api.clinics.models import Patient
from hep_api.dosing.schemas import WEEKDAY_NAMES
from hep_api.foundation import clock
from hep_api.foundation.database import run
from hep_api.foundation.errors import invalid_field
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.messaging.models.check_ins import CheckInOutlook, CheckInRule, CheckInTemplate
from hep_api.messaging.queries import check_in_rules as rules
from hep_api.messaging.queries.check_in_outlooks import next_look
from hep_api.plans import repeats
from hep_api.plans.facts import PlanEnded, PlanStarted

ASK_DUE = "messaging.ask_due_check_ins"
SAID = ("template_id", "kind", "days", "at", "from_on", "until_on")

# Every patient of the clinic's with a plan that has not ended for good; others come in when one starts.
_OVERLOOKED = """
INSERT INTO check_in_outlook (clinic_id, rule_id, patient_id, look_at)
SELECT DISTINCT rule.clinic_id, rule.id, plan.patient_id, CAST(%(now)s AS timestamptz)
  FROM check_in_rule AS rule
  JOIN plan ON plan.clinic_id = rule.clinic_id
  JOIN patient ON patient.clinic_id = plan.clinic_id AND patient.id = plan.patient_id
 WHERE rule.clinic_id = %(clinic_id)s AND rule.patient_id IS NULL AND rule.stopped_at IS NULL
   AND patient.erased_at IS NULL AND (plan.ends_on IS NULL OR plan.ends_on >= CAST(%(now)s AS date))
    ON CONFLICT DO NOTHING
"""
_LOOK_AGAIN = """
INSERT INTO check_in_outlook (clinic_id, rule_id, patient_id, look_at)
SELECT rule.clinic_id, rule.id, %(patient_id)s, %(now)s
  FROM check_in_rule AS rule
 WHERE rule.clinic_id = %(clinic_id)s AND rule.stopped_at IS NULL
   AND (rule.patient_id IS NULL OR rule.patient_id = %(patient_id)s)
    ON CONFLICT (clinic_id, rule_id, patient_id)
    DO UPDATE SET look_at = least(check_in_outlook.look_at, excluded.look_at)
RETURNING rule_id
"""


def make_rule(
    session: Session, viewer: Viewer, patient: Patient | None, body: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Let a template be asked of one patient, whose row the caller holds locked, or of all; sent again it is the same.

    Errors: 409 for an id used otherwise, 422 naming `/template_id` when it cannot be asked.
    """
    title = _title_of(session, viewer, body["template_id"])
    said = {name: body[name] for name in SAID}
    weekday = None if body["weekday"] is None else WEEKDAY_NAMES.index(body["weekday"])
    of_whom = None if patient is None else patient.id
    digest = repeats.digest_of({**said, "at": said["at"].isoformat(), "weekday": weekday, "of": of_whom})
    row = {
        **said,
        "clinic_id": viewer.clinic_id,
        "id": body["id"] or new_id(),
        "weekday": weekday,
        "patient_id": of_whom,
        "made_by": viewer.member_id,
        "made_at": now,
        "sent_digest": digest,
    }
    is_new = session.scalar(insert(CheckInRule).values(row).on_conflict_do_nothing().returning(CheckInRule.id))
    rule = session.get_one(CheckInRule, (viewer.clinic_id, row["id"]))
    if rule.sent_digest != digest:
        raise repeats.id_is_taken()
    if is_new is not None:
        _look_at_all(session, rule, now)
    return rules.shown(rule, title)


def stop_rule(session: Session, viewer: Viewer, rule: CheckInRule, now: datetime) -> None:
    """Let a rule ask no more; what it has asked stays, and may still be answered. A second time it stays so."""
    if rule.stopped_at is not None:
        return
    rule.stopped_at, rule.stopped_by = now, viewer.member_id
    of_rule = (CheckInOutlook.clinic_id == rule.clinic_id) & (CheckInOutlook.rule_id == rule.id)
    session.execute(delete(CheckInOutlook).where(of_rule))


def look_again(session: Session, fact: PlanStarted | PlanEnded | PatientMoved) -> None:
    """React to what moves the dates on which a patient is asked: look at all of their rules soon."""
    now = clock.now()
    scope = {"clinic_id": fact.clinic_id, "patient_id": fact.patient_id, "now": now}
    if run(session, _LOOK_AGAIN, scope).all():
        wake(session, fact.clinic_id, now, now)


def tend(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Let the clinic's rules know patients whose plan started in the moment in which a rule was made, and see that a
    job waits for what is to be looked at.
    """
    run(session, _OVERLOOKED, {"clinic_id": clinic_id, "now": now})
    look_at = next_look(session, clinic_id)
    if look_at is not None:
        wake(session, clinic_id, max(look_at, now), now)


def wake(session: Session, clinic_id: UUID, at: datetime, now: datetime) -> None:
    """Add the job that asks what is due of a clinic's check-ins, or let the one that waits run as early as this."""
    payload = {"clinic_id": str(clinic_id)}
    queue.enqueue(session, ASK_DUE, payload, now=now, clinic_id=clinic_id, run_at=at, dedupe_key=str(clinic_id))


def _look_at_all(session: Session, rule: CheckInRule, now: datetime) -> None:
    if rule.patient_id is None:
        run(session, _OVERLOOKED, {"clinic_id": rule.clinic_id, "now": now})
    else:
        session.add(CheckInOutlook(clinic_id=rule.clinic_id, rule_id=rule.id, patient_id=rule.patient_id, look_at=now))
        session.flush()
    wake(session, rule.clinic_id, now, now)


def _title_of(session: Session, viewer: Viewer, template_id: UUID) -> str:
    template = session.scalar(
        select(CheckInTemplate)
        .where(CheckInTemplate.clinic_id == viewer.clinic_id, CheckInTemplate.id == template_id)
        .with_for_update(read=True)
    )
    if template is None:
        raise invalid_field("/template_id", "unknown_template", "The clinic has no such template.")
    if template.archived_at is not None:
        raise invalid_field("/template_id", "archived", "This template is archived; restore it first.")
    return template.title
