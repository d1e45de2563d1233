"""What the tables of arriving files have in common: whose it is, how much has come, and until when it may go on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.types import INSTANT


class Arriving:
    """Columns of a file that arrives, by the id of what it becomes. `pieces` are the files of what has come, in order;
    `finished_at` is when all of it had. `sent_digest` knows the same sending again.
    """

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    uploaded_by: Mapped[UUID]
    content_type: Mapped[str] = mapped_column(Text)
    total_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    pieces: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    finished_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
