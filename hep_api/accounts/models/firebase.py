"""Table of Firebase accounts that may sign in as accounts of ours."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT


class FirebaseLink(Base):
    """The one Firebase account of an account, by the `uid` that it has in the project of the settings."""

    __tablename__ = "firebase_link"
    __table_args__ = (
        UniqueConstraint("uid"),
        CheckConstraint("length(uid) BETWEEN 1 AND 128", name="uid_length"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    uid: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(INSTANT)
