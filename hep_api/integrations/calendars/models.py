"""The feeds that patients have made for their calendar programs."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Time
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.integrations.languages import Language


class CalendarFeed(Base):
    """One link of a patient's; who holds its secret reads the feed. Only a digest is kept, and a revoked one is gone.

    `times` are the times of day at which exercises stand in the calendar, none for whole days. Without `details` the
    feed has no word of health in it.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        Index("calendar_feed_patient_idx", "clinic_id", "patient_id", "created_at", "id"),
        CheckConstraint(one_of_words("language", Language), name="language_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    secret_digest: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[bool]
    times: Mapped[list[time]] = mapped_column(ARRAY(Time))
    language: Mapped[Language] = mapped_column(Word(Language))
    created_at: Mapped[datetime] = mapped_column(INSTANT)
