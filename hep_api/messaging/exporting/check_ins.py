"""What a patient's export has of check-ins: what they were asked, in those words, and all they answered."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.check_ins import (
    CheckIn,
    CheckInAnswer,
    CheckInRule,
    CheckInTemplateVersion,
    CheckInValue,
)


def export_check_ins(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's check-ins with the questions as they were asked, every answer, and rules of their own."""
    asked = (
        (CheckInTemplateVersion.clinic_id == CheckIn.clinic_id)
        & (CheckInTemplateVersion.template_id == CheckIn.template_id)
        & (CheckInTemplateVersion.version == CheckIn.version)
    )
    check_ins = select(*columns_of(CheckIn, without=("patient_id", "asked_by")), CheckInTemplateVersion.content)
    check_ins = _of(CheckIn, check_ins.join(CheckInTemplateVersion, asked), clinic_id, patient_id)
    check_ins = check_ins.order_by(CheckIn.due_at, CheckIn.id)
    yield section(session, "check_ins", "Questions that were asked.", with_names(check_ins, CheckIn.asked_by))
    answers = select(*columns_of(CheckInAnswer, without=("patient_id", "answered_by", "digest")))
    answers = _of(CheckInAnswer, answers, clinic_id, patient_id)
    answers = answers.order_by(CheckInAnswer.check_in_id, CheckInAnswer.revision)
    yield section(
        session, "check_in_answers", "When each was answered.", with_names(answers, CheckInAnswer.answered_by)
    )
    values = _of(CheckInValue, select(*columns_of(CheckInValue, without=("patient_id",))), clinic_id, patient_id)
    values = values.order_by(CheckInValue.check_in_id, CheckInValue.revision, CheckInValue.key)
    yield section(session, "check_in_values", "What was answered, question by question; yes is 1.", values)
    without = ("patient_id", "made_by", "stopped_by", "sent_digest")
    rules = _of(CheckInRule, select(*columns_of(CheckInRule, without=without)), clinic_id, patient_id)
    named = with_names(rules.order_by(CheckInRule.made_at, CheckInRule.id), CheckInRule.made_by)
    yield section(session, "check_in_rules", "Rules by which this patient alone is asked.", named)


def _of(model: Any, query: Select[*tuple[Any, ...]], clinic_id: UUID, patient_id: UUID) -> Select[*tuple[Any, ...]]:
    return query.where(model.clinic_id == clinic_id, model.patient_id == patient_id)
