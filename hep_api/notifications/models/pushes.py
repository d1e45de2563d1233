"""Tables of pushes: what was to be shown on which device, what came of it, and which receiver is in trouble."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.notifications.kinds import NoticeKind

WAITING = "state = 'waiting'"


class Provider(StrEnum):
    """Who takes a push: Google for Firebase's two kinds of devices, a browser's push service for web apps."""

    FCM = "fcm"
    WEB_PUSH = "web_push"


class PushState(StrEnum):
    """Where a push is. `dead`: given up, for a person to look at; `dropped`: nobody is there to be told any more."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_CONFIGURED = "not_configured"
    DROPPED = "dropped"
    EXPIRED = "expired"
    DEAD = "dead"


class PushResult(StrEnum):
    """What came of the last try, in fixed words: of what a receiver answers, nothing else is kept."""

    ACCEPTED = "accepted"
    UNREGISTERED = "unregistered"
    SENDER_MISMATCH = "sender_mismatch"
    REFUSED = "refused"
    THIRD_PARTY_AUTH = "third_party_auth"
    TOO_OFTEN = "too_often"
    SERVER_ERROR = "server_error"
    GARBLED = "garbled"
    NO_ANSWER = "no_answer"
    NOT_LET_IN = "not_let_in"
    DEVICE_GONE = "device_gone"
    CAUSE_GONE = "cause_gone"


class Push(Base):
    """One thing told on one device. Due from `due_at`; in a worker's hands until `leased_until`; finished in any state
    but `waiting`. `attempts` counts the tries that the receiver answered with a refusal. It holds no text: title and
    body are fixed ones of its kind, chosen when it leaves.
    """

    __tablename__ = "push"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "device_id"], ["device.clinic_id", "device.id"], ondelete="CASCADE"),
        Index("push_due_idx", "clinic_id", text("urgent DESC"), "due_at", postgresql_where=text(WAITING)),
        Index("push_dead_idx", "clinic_id", "provider", postgresql_where=text("state = 'dead'")),
        Index("push_finished_idx", "clinic_id", "state", "finished_at", "id"),
        Index("push_device_idx", "clinic_id", "device_id"),
        Index("push_member_idx", "clinic_id", "member_id", "created_at"),
        CheckConstraint(one_of_words("kind", NoticeKind), name="kind_is_known"),
        CheckConstraint(one_of_words("provider", Provider), name="provider_is_known"),
        CheckConstraint(one_of_words("state", PushState), name="state_is_known"),
        CheckConstraint(one_of_words("result", PushResult), name="result_is_known"),
        CheckConstraint(f"({WAITING}) = (finished_at IS NULL)", name="finished_is_not_waiting"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[UUID]
    member_id: Mapped[UUID]
    provider: Mapped[Provider] = mapped_column(Word(Provider))
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    subject_id: Mapped[UUID]
    collapse_key: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    due_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    state: Mapped[PushState] = mapped_column(Word(PushState))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    result: Mapped[PushResult | None] = mapped_column(Word(PushResult), default=None)
    provider_id: Mapped[str | None] = mapped_column(Text, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    retried_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)


class PushPause(Base):
    """That a receiver is in trouble, for the whole installation: how often in a row, since when, why, and until when
    nothing is sent there. No row: all is well.
    """

    __tablename__ = "push_pause"
    __table_args__ = (
        CheckConstraint(one_of_words("provider", Provider), name="provider_is_known"),
        CheckConstraint(one_of_words("result", PushResult), name="result_is_known"),
        CheckConstraint("failures > 0", name="failures_counted"),
    )

    provider: Mapped[Provider] = mapped_column(Word(Provider), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(INSTANT)
    result: Mapped[PushResult] = mapped_column(Word(PushResult))
    paused_until: Mapped[datetime | None] = mapped_column(INSTANT)
