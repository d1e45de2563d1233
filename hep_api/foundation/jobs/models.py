"""The table of jobs. It belongs to no clinic: `clinic_id` only says for whom a job runs, and outlives what it names."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words, primary_id


class Outcome(StrEnum):
    """How a job ended: it worked, or it was given up (the dead letter)."""

    DONE = "done"
    DEAD = "dead"


class Job(Base):
    """One piece of work. Unfinished while `outcome` is null; in a worker's hands until `leased_until`.

    `attempts` counts how often a worker took it, so that a job which kills its worker is given up as well.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("job_due_idx", text("priority DESC"), "run_at", postgresql_where=text("outcome IS NULL")),
        Index(
            "job_dedupe_key",
            "kind",
            "dedupe_key",
            unique=True,
            postgresql_where=text("attempts = 0 AND dedupe_key IS NOT NULL"),
        ),
        Index("job_once_key", "kind", "once_key", unique=True, postgresql_where=text("once_key IS NOT NULL")),
        Index("job_dead_idx", "clinic_id", postgresql_where=text("outcome = 'dead'")),
        Index("job_finished_idx", "finished_at", postgresql_where=text("outcome IS NOT NULL")),
        CheckConstraint(one_of_words("outcome", Outcome), name="outcome_is_known"),
        CheckConstraint("(outcome IS NULL) = (finished_at IS NULL)", name="finished_has_outcome"),
    )

    id: Mapped[UUID] = primary_id(new_id)
    clinic_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    dedupe_key: Mapped[str | None] = mapped_column(Text)
    once_key: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger)
    run_at: Mapped[datetime] = mapped_column(INSTANT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(INSTANT)
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    finished_at: Mapped[datetime | None] = mapped_column(INSTANT)
    error_type: Mapped[str | None] = mapped_column(Text)
