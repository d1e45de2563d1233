"""Tables of check-ins: templates with their versions, the rules by which they are asked, and what became of each."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.messaging.check_ins.due import RuleKind


class CheckInState(StrEnum):
    """What became of a check-in. `skipped`: it came due while nobody was at work, and was not asked any more."""

    SENT = "sent"
    ANSWERED = "answered"
    SKIPPED = "skipped"


class CheckInTemplate(Base):
    """Questions that a clinic asks, by their newest version; `title` repeats that in its own language, for lists."""

    __tablename__ = "check_in_template"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "author_id"], ["member.clinic_id", "member.id"]),
        Index("check_in_template_author_idx", "clinic_id", "author_id"),
        Index("check_in_template_title_idx", "clinic_id", "title", "id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    archived_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)


class CheckInTemplateVersion(Base):
    """What a template asked as its version `version`: never changed, so that answers stand beside their questions.

    `content`: {"language", "title", "introduction", "questions", "expires_after_days"}, as `check_ins/questions.py` has
    questions.
    """

    __tablename__ = "check_in_template_version"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "template_id"], ["check_in_template.clinic_id", "check_in_template.id"]),
        ForeignKeyConstraint(["clinic_id", "written_by"], ["member.clinic_id", "member.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    written_at: Mapped[datetime] = mapped_column(INSTANT)
    written_by: Mapped[UUID]


class CheckInRule(Base):
    """When a template is asked, of one patient or, without one, of every patient of the clinic. It is stopped, and
    never changed.
    """

    __tablename__ = "check_in_rule"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "template_id"], ["check_in_template.clinic_id", "check_in_template.id"]),
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "made_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "stopped_by"], ["member.clinic_id", "member.id"]),
        Index("check_in_rule_present_idx", "clinic_id", "patient_id", postgresql_where=text("stopped_at IS NULL")),
        CheckConstraint(one_of_words("kind", RuleKind), name="kind_is_known"),
        CheckConstraint("(kind = 'weekly') = (weekday IS NOT NULL)", name="weekly_has_weekday"),
        CheckConstraint("(kind = 'weekly') = (days IS NULL)", name="others_have_days"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND days BETWEEN 0 AND 1000", name="numbers_in_range"),
        CheckConstraint("from_on <= until_on", name="is_not_empty"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_by IS NULL)", name="stopped_by_somebody"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID]
    patient_id: Mapped[UUID | None]
    kind: Mapped[RuleKind] = mapped_column(Word(RuleKind))
    days: Mapped[int | None] = mapped_column(SmallInteger)
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    at: Mapped[time]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(INSTANT)
    stopped_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    stopped_by: Mapped[UUID | None] = mapped_column(default=None)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)


class CheckInOutlook(Base):
    """How far a rule is settled for a patient, and when to look again; without `look_at`, not until a plan changes."""

    __tablename__ = "check_in_outlook"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "rule_id"], ["check_in_rule.clinic_id", "check_in_rule.id"]),
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        Index("check_in_outlook_look_idx", "clinic_id", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("check_in_outlook_patient_idx", "clinic_id", "patient_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    settled_on: Mapped[date | None] = mapped_column(default=None)
    look_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)


class CheckIn(Base):
    """One asking of a template's version: by a rule, once for each of its dates, or by somebody of the care team.

    `seq` is the message that carries it, of one that was asked. `revision` is the newest answer's, 0 before the first.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "rule_id"], ["check_in_rule.clinic_id", "check_in_rule.id"]),
        ForeignKeyConstraint(["clinic_id", "asked_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(
            ["clinic_id", "template_id", "version"],
            [
                "check_in_template_version.clinic_id",
                "check_in_template_version.template_id",
                "check_in_template_version.version",
            ],
        ),
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"], ["message.clinic_id", "message.conversation_id", "message.seq"]
        ),
        UniqueConstraint("clinic_id", "rule_id", "patient_id", "due_on", name="check_in_once_key"),
        Index("check_in_patient_idx", "clinic_id", "patient_id", "due_at", "id"),
        Index("check_in_message_idx", "clinic_id", "conversation_id", "seq"),
        CheckConstraint(one_of_words("state", CheckInState), name="state_is_known"),
        CheckConstraint("(rule_id IS NULL) = (asked_by IS NOT NULL)", name="somebody_or_a_rule_asks"),
        CheckConstraint("(state = 'answered') = (revision > 0)", name="answered_has_answer"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    seq: Mapped[int | None]
    template_id: Mapped[UUID]
    version: Mapped[int]
    rule_id: Mapped[UUID | None]
    asked_by: Mapped[UUID | None]
    due_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(INSTANT)
    sent_at: Mapped[datetime | None] = mapped_column(INSTANT)
    expires_at: Mapped[datetime | None] = mapped_column(INSTANT)
    state: Mapped[CheckInState] = mapped_column(Word(CheckInState))
    revision: Mapped[int] = mapped_column(default=0)


class CheckInAnswer(Base):
    """One answer to a check-in: the first, or a correction with the next `revision`. `id` is the phone's own."""

    __tablename__ = "check_in_answer"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "check_in_id"], ["check_in.clinic_id", "check_in.id"]),
        ForeignKeyConstraint(["clinic_id", "answered_by"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "check_in_id", "id"),
        CheckConstraint("revision > 0", name="revision_counts_from_one"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    check_in_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    patient_id: Mapped[UUID]
    answered_by: Mapped[UUID]
    answered_at: Mapped[datetime] = mapped_column(INSTANT)
    answered_offset_seconds: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(INSTANT)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class CheckInValue(Base):
    """What one question was answered: a number (yes is 1), keys of choices, or words."""

    __tablename__ = "check_in_value"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "check_in_id", "revision"],
            ["check_in_answer.clinic_id", "check_in_answer.check_in_id", "check_in_answer.revision"],
        ),
        CheckConstraint("num_nonnulls(number, choices, words) > 0", name="says_something"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    check_in_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    patient_id: Mapped[UUID]
    number: Mapped[int | None]
    choices: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    words: Mapped[str | None] = mapped_column(Text)
