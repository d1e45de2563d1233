"""What messaging holds of a clinic beside its patients' talks: its content, and the questions that it asks by rule."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.check_ins import CheckInRule, CheckInTemplate, CheckInTemplateVersion
from hep_api.messaging.models.content import ContentItem


def export_what_is_sent(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield the clinic's content list, its check-in templates in all versions, and the rules that ask everybody."""
    content = select(*columns_of(ContentItem, without=("author_id", "searched", "sent_digest")))
    content = content.where(ContentItem.clinic_id == clinic_id).order_by(ContentItem.created_at, ContentItem.id)
    yield section(session, "content", "Articles and exercises to send.", with_names(content, ContentItem.author_id))
    templates = select(*columns_of(CheckInTemplate, without=("author_id", "sent_digest")))
    templates = templates.where(CheckInTemplate.clinic_id == clinic_id).order_by(CheckInTemplate.id)
    named = with_names(templates, CheckInTemplate.author_id)
    yield section(session, "check_in_templates", "Questions to ask patients.", named)
    versions = select(*columns_of(CheckInTemplateVersion, without=("written_by",)))
    versions = versions.where(CheckInTemplateVersion.clinic_id == clinic_id)
    versions = versions.order_by(CheckInTemplateVersion.template_id, CheckInTemplateVersion.version)
    about = "What each of them asks, and asked before."
    yield section(session, "check_in_template_versions", about, with_names(versions, CheckInTemplateVersion.written_by))
    rules = select(*columns_of(CheckInRule, without=("made_by", "stopped_by", "sent_digest", "patient_id")))
    rules = rules.where(CheckInRule.clinic_id == clinic_id, CheckInRule.patient_id.is_(None))
    named = with_names(rules.order_by(CheckInRule.made_at, CheckInRule.id), CheckInRule.made_by)
    yield section(session, "clinic_check_in_rules", "Rules by which every patient is asked.", named)
