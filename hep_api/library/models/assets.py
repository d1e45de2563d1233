"""Tables of media. The files lie in the store, under `clinics/<clinic>/media/<asset>/`; here stands what they are,
whose, and how far their arrival has come. They are the clinic's, and nothing in them is about a patient.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.media.sniffing import MediaKind
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.foundation.uploads.columns import Arriving

Json = dict[str, Any]


class AssetKind(StrEnum):
    """What may show an exercise."""

    PICTURE = MediaKind.PICTURE.value
    VIDEO = MediaKind.VIDEO.value


class AssetState(StrEnum):
    """How far an asset is. `refused`: what was sent could not be read; `refused_rule` says why."""

    PROCESSING = "processing"
    READY = "ready"
    REFUSED = "refused"


class Asset(Base):
    """A picture or a video of a clinic. `renditions` are its files by name, each with its type, size and digest.

    `total_bytes` is what it takes in the store; `arrived_at` is empty until all of it is there.
    """

    __tablename__ = "asset"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "uploaded_by"], ["member.clinic_id", "member.id"]),
        Index("asset_created_idx", "clinic_id", "created_at", "id"),
        CheckConstraint(one_of_words("kind", AssetKind), name="kind_is_known"),
        CheckConstraint(one_of_words("state", AssetState), name="state_is_known"),
        CheckConstraint("(state = 'refused') = (refused_rule IS NOT NULL)", name="refusal_has_rule"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[AssetKind] = mapped_column(Word(AssetKind))
    state: Mapped[AssetState] = mapped_column(Word(AssetState))
    refused_rule: Mapped[str | None] = mapped_column(Text, default=None)
    content_type: Mapped[str] = mapped_column(Text)
    total_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float | None] = mapped_column(default=None)
    metadata_removed: Mapped[bool] = mapped_column(default=False)
    renditions: Mapped[Json] = mapped_column(JSONB, default=dict)
    alt: Mapped[str] = mapped_column(Text)
    alt_translations: Mapped[Json] = mapped_column(JSONB, default=dict)
    licence: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    arrived_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    archived_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    version: Mapped[int] = mapped_column(default=1)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)


class MediaUpload(Arriving, Base):
    """A resumable upload, by the id that its asset will have; `about` is what is said of that."""

    __tablename__ = "media_upload"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "uploaded_by"], ["member.clinic_id", "member.id"]),
        CheckConstraint("received_bytes <= total_bytes", name="is_not_more_than_declared"),
    )

    about: Mapped[Json] = mapped_column(JSONB)


class ExerciseAsset(Base):
    """An asset that shows an exercise of the same clinic, at its place in the order."""

    __tablename__ = "exercise_asset"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "exercise_id"], ["exercise.clinic_id", "exercise.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["clinic_id", "asset_id"], ["asset.clinic_id", "asset.id"]),
        Index("exercise_asset_asset_idx", "clinic_id", "asset_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    exercise_id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
