"""Reads of check-ins with their questions as they were asked and what was answered, by whoever may see the patient."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.messaging.check_ins.answers import Value
from hep_api.messaging.check_ins.questions import QuestionKind, shown_template
from hep_api.messaging.models.check_ins import (
    CheckIn,
    CheckInAnswer,
    CheckInState,
    CheckInTemplateVersion,
    CheckInValue,
)

OF_VERSION = (
    (CheckInTemplateVersion.clinic_id == CheckIn.clinic_id)
    & (CheckInTemplateVersion.template_id == CheckIn.template_id)
    & (CheckInTemplateVersion.version == CheckIn.version)
)
Json = dict[str, Any]


class ShownState(StrEnum):
    """What became of a check-in, as people see it: `expired` is one that was not answered in time."""

    SENT = "sent"
    ANSWERED = "answered"
    EXPIRED = "expired"
    SKIPPED = "skipped"


def list_check_ins_for(
    session: Session,
    viewer: Viewer,
    patient_id: UUID,
    query: Mapping[str, Any],
    languages: Sequence[str],
    now: datetime,
) -> pages.Page[Json]:
    """Return a patient's check-ins, the newest first, in four statements; 404 when not theirs to see."""
    patient = access.patient_for(session, viewer, patient_id)
    found = _check_ins().where(CheckIn.clinic_id == viewer.clinic_id, CheckIn.patient_id == patient.id)
    if query["template_id"] is not None:
        found = found.where(CheckIn.template_id == query["template_id"])
    if query["state"] is not None:
        found = found.where(_is(query["state"], now))
    before = pages.decode(query["cursor"], datetime, UUID)
    if before:
        found = found.where(tuple_(CheckIn.due_at, CheckIn.id) < before)
    rows = session.execute(found.order_by(CheckIn.due_at.desc(), CheckIn.id.desc()).limit(query["limit"] + 1)).all()
    page = pages.cut(rows, query["limit"], lambda row: [row.CheckIn.due_at, row.CheckIn.id])
    answers = _answers(session, viewer.clinic_id, [row.CheckIn for row in page.items], newest_only=True)
    return pages.Page([_shown(row, answers[row.CheckIn.id], languages, now) for row in page.items], page.next_cursor)


def check_in_for(session: Session, viewer: Viewer, check_in_id: UUID, languages: Sequence[str], now: datetime) -> Json:
    """Return a check-in with all its answers; 404 when its patient is not theirs to see."""
    row = session.execute(
        _check_ins()
        .join(Patient, (Patient.clinic_id == CheckIn.clinic_id) & (Patient.id == CheckIn.patient_id))
        .where(access.may_see_patient(viewer), CheckIn.clinic_id == viewer.clinic_id, CheckIn.id == check_in_id)
    ).one_or_none()
    if row is None:
        raise not_found("check-in")
    access.note_patient(session, viewer, row.CheckIn.patient_id)
    answers = _answers(session, viewer.clinic_id, [row.CheckIn], newest_only=False)[check_in_id]
    shown = _shown(row, answers, languages, now)
    return {**shown, "earlier_answers": [_answer(row, *each) for each in answers[:-1]]}


def check_in_to_answer(session: Session, viewer: Viewer, check_in_id: UUID) -> tuple[CheckIn, Json]:
    """Return the patient's own check-in, its row locked until the commit, and what it asks; 404 otherwise."""
    row = session.execute(
        _check_ins()
        .join(Patient, (Patient.clinic_id == CheckIn.clinic_id) & (Patient.id == CheckIn.patient_id))
        .where(access.is_theirs(viewer), CheckIn.id == check_in_id, CheckIn.seq.is_not(None))
        .with_for_update(of=CheckIn, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise not_found("check-in")
    access.note_patient(session, viewer, row.CheckIn.patient_id)
    return row.CheckIn, row.content


def state_of(check_in: CheckIn, now: datetime) -> ShownState:
    """Return a check-in's state at an instant."""
    if check_in.state is CheckInState.SENT and check_in.expires_at is not None and check_in.expires_at < now:
        return ShownState.EXPIRED
    return ShownState(check_in.state.value)


def _check_ins() -> Select[*tuple[Any, ...]]:
    return select(CheckIn, CheckInTemplateVersion.content).join(CheckInTemplateVersion, OF_VERSION)


def _is(state: ShownState, now: datetime) -> ColumnElement[bool]:
    if state is ShownState.EXPIRED:
        return (CheckIn.state == CheckInState.SENT) & (CheckIn.expires_at < now)
    stored = CheckIn.state == CheckInState(state.value)
    return stored & (CheckIn.expires_at >= now) if state is ShownState.SENT else stored


Answered = tuple[CheckInAnswer, Mapping[str, Value]]


def _answers(
    session: Session, clinic_id: UUID, check_ins: Collection[CheckIn], *, newest_only: bool
) -> dict[UUID, list[Answered]]:
    """Return the answers to check-ins by their ids, in the order of their revisions, in two statements."""
    keys = [(each.id, each.revision) for each in check_ins if each.revision > 0]
    found: dict[UUID, list[Answered]] = defaultdict(list)
    if not keys:
        return found
    values: dict[tuple[UUID, int], dict[str, Value]] = defaultdict(dict)
    for row in session.scalars(select(CheckInValue).where(_of(CheckInValue, clinic_id, keys, newest_only=newest_only))):
        choices = None if row.choices is None else tuple(row.choices)
        values[row.check_in_id, row.revision][row.key] = Value(row.key, row.number, choices, row.words)
    answers = select(CheckInAnswer).where(_of(CheckInAnswer, clinic_id, keys, newest_only=newest_only))
    for answer in session.scalars(answers.order_by(CheckInAnswer.check_in_id, CheckInAnswer.revision)):
        found[answer.check_in_id].append((answer, values[answer.check_in_id, answer.revision]))
    return found


def _of(
    model: type[CheckInAnswer] | type[CheckInValue],
    clinic_id: UUID,
    keys: Sequence[tuple[UUID, int]],
    *,
    newest_only: bool,
) -> ColumnElement[bool]:
    if newest_only:
        return (model.clinic_id == clinic_id) & tuple_(model.check_in_id, model.revision).in_(keys)
    return (model.clinic_id == clinic_id) & model.check_in_id.in_([check_in_id for check_in_id, _ in keys])


def _shown(row: Any, answers: Sequence[Answered], languages: Sequence[str], now: datetime) -> Json:
    check_in: CheckIn = row.CheckIn
    names = ("id", "patient_id", "conversation_id", "seq", "template_id", "version", "rule_id", "asked_by")
    times = ("due_on", "due_at", "sent_at", "expires_at")
    return {
        **{name: getattr(check_in, name) for name in (*names, *times)},
        **shown_template(row.content, languages),
        "state": state_of(check_in, now),
        "answer": _answer(row, *answers[-1]) if answers else None,
    }


def _answer(row: Any, answer: CheckInAnswer, values: Mapping[str, Value]) -> Json:
    offset = timezone(timedelta(seconds=answer.answered_offset_seconds))
    said = [
        {"question": each["key"], "value": values[each["key"]].as_sent(QuestionKind(each["kind"]))}
        for each in row.content["questions"]
        if each["key"] in values
    ]
    names = ("id", "revision", "answered_by", "received_at")
    facts = {name: getattr(answer, name) for name in names}
    return {**facts, "answered_at": answer.answered_at.astimezone(offset), "answers": said}
