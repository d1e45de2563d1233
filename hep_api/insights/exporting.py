"""What the attention list holds of a patient: every entry, and what was done about it by whom and why."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.insights.models import AttentionChange, AttentionEntry, UnheededReminders


def export_insights(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's entries and their changes, and what was noted of reminders."""
    entries = select(*columns_of(AttentionEntry, without=("patient_id", "owner_id"))).where(
        AttentionEntry.clinic_id == clinic_id, AttentionEntry.patient_id == patient_id
    )
    entries = with_names(entries.order_by(AttentionEntry.opened_at, AttentionEntry.id), AttentionEntry.owner_id)
    yield section(session, "attention", "When the care team was told to look at you, and why.", entries)
    changes = select(*columns_of(AttentionChange, without=("patient_id", "changed_by", "owner_id"))).where(
        AttentionChange.clinic_id == clinic_id, AttentionChange.patient_id == patient_id
    )
    changes = with_names(
        changes.order_by(AttentionChange.changed_at, AttentionChange.id),
        AttentionChange.changed_by,
        AttentionChange.owner_id,
    )
    yield section(session, "attention_changes", "What became of it.", changes)
    unheeded = select(*columns_of(UnheededReminders, without=("patient_id",))).where(
        UnheededReminders.clinic_id == clinic_id, UnheededReminders.patient_id == patient_id
    )
    yield section(session, "unheeded_reminders", "Days on which reminders arrived and nothing came of them.", unheeded)
