"""Tables of mail to members of a clinic, by ids: what was sent lately, and to whom nothing comes through."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class MailKind(StrEnum):
    """What a mail to a member is."""

    INVITATION = "invitation"
    NOTICES = "notices"
    DIGEST = "digest"


class BounceWay(StrEnum):
    """How we heard of it: the server refused the address at once, or the mail came back later."""

    REFUSED = "refused"
    RETURNED = "returned"


class BounceReason(StrEnum):
    """Why, as far as the server's number says it (RFC 3463); its words are not kept."""

    NO_SUCH_ADDRESS = "no_such_address"
    MAILBOX_CLOSED = "mailbox_closed"
    OTHER = "other"


class SentMail(Base):
    """A mail that a server took, for as long as it may come back."""

    __tablename__ = "sent_mail"
    __table_args__ = (
        Index("sent_mail_member_idx", "clinic_id", "member_id", "sent_at"),
        Index("sent_mail_sent_at_idx", "clinic_id", "sent_at"),
        CheckConstraint(one_of_words("kind", MailKind), name="kind_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID]
    kind: Mapped[MailKind] = mapped_column(Word(MailKind))
    sent_at: Mapped[datetime] = mapped_column(INSTANT)


class MailBounce(Base):
    """Mail to this member does not arrive, until somebody clears it or the address changes; the last time counts."""

    __tablename__ = "mail_bounce"
    __table_args__ = (
        CheckConstraint(one_of_words("way", BounceWay), name="way_is_known"),
        CheckConstraint(one_of_words("reason", BounceReason), name="reason_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    bounced_at: Mapped[datetime] = mapped_column(INSTANT)
    way: Mapped[BounceWay] = mapped_column(Word(BounceWay))
    reason: Mapped[BounceReason] = mapped_column(Word(BounceReason))
