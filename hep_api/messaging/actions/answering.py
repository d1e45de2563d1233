"""Answering a check-in, also days later from a phone that was offline; all revisions are kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.messaging.check_ins.answers import Value, read_answers
from hep_api.messaging.facts.check_ins import CheckInAnswered
from hep_api.messaging.models.check_ins import CheckIn, CheckInAnswer, CheckInState, CheckInValue
from hep_api.messaging.queries.check_ins import check_in_to_answer
from hep_api.plans import repeats

# As far as a phone's clock may be wrong, and a zone ahead: as far ahead as an exercise may be dated.
CLOCKS_DIFFER_BY = timedelta(hours=26)


def answer_check_in(
    session: Session, viewer: Viewer, check_in_id: UUID, body: Mapping[str, Any], now: datetime
) -> None:
    """Keep an answer, or a correction of one; the same answer sent again changes nothing.

    Errors: 404; 409 naming `/id` when it was used for another answer, `/revision` when another answer came first, and
    `/answered_at` when it was given too late; 422 naming `/answers/0/value` and all else that does not suit.
    """
    check_in, content = check_in_to_answer(session, viewer, check_in_id)
    answered_at: datetime = body["answered_at"]
    digest = repeats.digest_of({**body, "answered_at": answered_at.isoformat()})
    if _is_repeated(session, check_in, body["id"], digest):
        return
    values = read_answers(content["questions"], body["answers"])
    _refuse_other_times(check_in, answered_at, now)
    _refuse_other_revision(check_in, body["revision"])
    session.add(
        CheckInAnswer(
            clinic_id=check_in.clinic_id,
            check_in_id=check_in.id,
            revision=body["revision"],
            id=body["id"],
            patient_id=check_in.patient_id,
            answered_by=viewer.member_id,
            answered_at=answered_at,
            answered_offset_seconds=int((answered_at.utcoffset() or timedelta(0)).total_seconds()),
            received_at=now,
            digest=digest,
        )
    )
    session.flush()
    if values:
        session.execute(insert(CheckInValue), [_row(check_in, body["revision"], value) for value in values])
    check_in.state, check_in.revision = CheckInState.ANSWERED, body["revision"]
    _tell(session, check_in, answered_at)


def _is_repeated(session: Session, check_in: CheckIn, answer_id: UUID, digest: bytes) -> bool:
    """Tell whether the same answer was here before; 409 when its id stands for another one."""
    known = session.scalar(
        select(CheckInAnswer.digest).where(
            CheckInAnswer.clinic_id == check_in.clinic_id,
            CheckInAnswer.check_in_id == check_in.id,
            CheckInAnswer.id == answer_id,
        )
    )
    if known is not None and known != digest:
        raise repeats.id_is_taken()
    return known is not None


def _refuse_other_times(check_in: CheckIn, answered_at: datetime, now: datetime) -> None:
    """Refuse what was given before it was asked, or lies ahead; and a first answer that was given too late."""
    assert check_in.sent_at is not None
    assert check_in.expires_at is not None
    if not check_in.sent_at - CLOCKS_DIFFER_BY <= answered_at <= now + CLOCKS_DIFFER_BY:
        raise invalid_field("/answered_at", "range", "Must lie between the asking and now, 26 hours more or less.")
    if check_in.revision == 0 and answered_at > check_in.expires_at:
        raise conflict("/answered_at", "expired", "This check-in was to be answered earlier.")


def _refuse_other_revision(check_in: CheckIn, revision: int) -> None:
    if revision <= check_in.revision:
        raise conflict("/revision", "answered", "Another answer came first; read it, and correct it if it is wrong.")
    if revision > check_in.revision + 1:
        raise conflict("/revision", "gap", "An answer before this one has not come; send it first.")


def _row(check_in: CheckIn, revision: int, value: Value) -> dict[str, Any]:
    place = {"clinic_id": check_in.clinic_id, "check_in_id": check_in.id, "revision": revision, "key": value.key}
    choices = None if value.choices is None else list(value.choices)
    said = {"number": value.number, "choices": choices, "words": value.words}
    return {**place, "patient_id": check_in.patient_id, **said}


def _tell(session: Session, check_in: CheckIn, answered_at: datetime) -> None:
    assert check_in.seq is not None
    fact = CheckInAnswered(
        clinic_id=check_in.clinic_id,
        patient_id=check_in.patient_id,
        conversation_id=check_in.conversation_id,
        check_in_id=check_in.id,
        seq=check_in.seq,
        revision=check_in.revision,
        answered_at=answered_at,
    )
    publish(session, fact)
