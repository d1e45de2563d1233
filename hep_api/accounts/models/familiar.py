"""Table of what an account's sign-ins came from, so that a flood of wrong passwords cannot keep its owner out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT


class FamiliarMark(Base):
    """A device or a network address that an account was signed in from, by a digest that is the account's own."""

    __tablename__ = "familiar_mark"
    __table_args__ = (Index("familiar_mark_seen_at_idx", "seen_at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(INSTANT)
