"""Reads of the rules by which check-ins are asked: the clinic's, and those of one patient."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.dosing.schemas import WEEKDAY_NAMES
from hep_api.foundation.errors import not_found
from hep_api.messaging.models.check_ins import CheckInRule, CheckInTemplate

SHOWN = ("id", "template_id", "patient_id", "kind", "days", "at", "from_on", "until_on", "made_by", "made_at")


def list_rules_of_clinic_for(session: Session, viewer: Viewer) -> Sequence[dict[str, Any]]:
    """Return the rules that ask every patient of the clinic, the newest first; one statement."""
    return _list(session, viewer, CheckInRule.patient_id.is_(None))


def list_rules_of_patient_for(session: Session, viewer: Viewer, patient_id: UUID) -> Sequence[dict[str, Any]]:
    """Return the rules that ask one patient, those of the whole clinic among them; 404 when not theirs to see."""
    patient = access.patient_for(session, viewer, patient_id)
    return _list(session, viewer, CheckInRule.patient_id.is_(None) | (CheckInRule.patient_id == patient.id))


def shown(rule: CheckInRule, title: str) -> dict[str, Any]:
    """Return a rule as it is shown."""
    weekday = None if rule.weekday is None else WEEKDAY_NAMES[rule.weekday]
    return {name: getattr(rule, name) for name in SHOWN} | {"weekday": weekday, "template_title": title}


def rule_to_stop(session: Session, viewer: Viewer, rule_id: UUID, patient_id: UUID | None) -> CheckInRule:
    """Return a rule of the clinic, or of one patient, its row locked until the commit; 404 otherwise."""
    of_whom = CheckInRule.patient_id.is_(None) if patient_id is None else CheckInRule.patient_id == patient_id
    query = select(CheckInRule).where(CheckInRule.clinic_id == viewer.clinic_id, CheckInRule.id == rule_id, of_whom)
    rule = session.scalar(query.with_for_update(key_share=True))
    if rule is None:
        raise not_found("check-in rule")
    return rule


def _list(session: Session, viewer: Viewer, which: ColumnElement[bool]) -> Sequence[dict[str, Any]]:
    template = (CheckInTemplate.clinic_id == CheckInRule.clinic_id) & (CheckInTemplate.id == CheckInRule.template_id)
    query = (
        select(CheckInRule, CheckInTemplate.title)
        .join(CheckInTemplate, template)
        .where(CheckInRule.clinic_id == viewer.clinic_id, CheckInRule.stopped_at.is_(None), which)
        .order_by(CheckInRule.made_at.desc(), CheckInRule.id)
    )
    return [shown(rule, title) for rule, title in session.execute(query)]
