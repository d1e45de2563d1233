"""Tables of the attention list. An entry is one finding of one rule about one patient; its changes are only added."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.insights.vocabulary import Change, Rule, State

# Of one rule a patient has one entry that somebody is to look at, now or when its snooze is over.
LIVE = "state IN ('open', 'snoozed')"


class AttentionEntry(Base):
    """That a rule holds for a patient, since which local date and on what evidence.

    The owner is who sees to it; without one it is the lead. `version` grows with what a person does and with evidence
    that nobody has seen yet, not with days that pass.
    """

    __tablename__ = "attention_entry"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "owner_id"], ["member.clinic_id", "member.id"]),
        Index("attention_entry_live_key", "clinic_id", "patient_id", "rule", unique=True, postgresql_where=text(LIVE)),
        Index("attention_entry_patient_idx", "clinic_id", "patient_id", "rule", "opened_at"),
        CheckConstraint(one_of_words("rule", Rule), name="rule_is_known"),
        CheckConstraint(one_of_words("state", State), name="state_is_known"),
        CheckConstraint("(state = 'snoozed') = (snoozed_until IS NOT NULL)", name="snooze_has_end"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    rule: Mapped[Rule] = mapped_column(Word(Rule))
    state: Mapped[State] = mapped_column(Word(State), default=State.OPEN)
    since_on: Mapped[date]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    owner_id: Mapped[UUID | None] = mapped_column(default=None)
    snoozed_until: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    opened_at: Mapped[datetime] = mapped_column(INSTANT)
    version: Mapped[int] = mapped_column(default=1)


class UnheededReminders(Base):
    """That reminders arrived on `days` days and nothing came of them, as those who remind say. The patient's next
    event, one behind `event_seq`, ends it; the row is overwritten the next time, or removed by whoever is told.
    """

    __tablename__ = "unheeded_reminders"
    __table_args__ = (ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    days: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    event_seq: Mapped[int] = mapped_column(BigInteger)
    noted_at: Mapped[datetime] = mapped_column(INSTANT)


class AttentionChange(Base):
    """What happened to an entry, and why; `changed_by` None: the product itself, as a rule began or ceased to hold."""

    __tablename__ = "attention_change"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "entry_id"], ["attention_entry.clinic_id", "attention_entry.id"]),
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "changed_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "owner_id"], ["member.clinic_id", "member.id"]),
        Index("attention_change_entry_idx", "clinic_id", "entry_id", "changed_at", "id"),
        Index("attention_change_patient_idx", "clinic_id", "patient_id"),
        CheckConstraint(one_of_words("change", Change), name="change_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    change: Mapped[Change] = mapped_column(Word(Change))
    changed_at: Mapped[datetime] = mapped_column(INSTANT)
    changed_by: Mapped[UUID | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    until: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    owner_id: Mapped[UUID | None] = mapped_column(default=None)
