"""Answers to check-ins over time: of each question that is answered by a number, a series."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.messaging.check_ins.questions import in_language
from hep_api.messaging.models.check_ins import CheckIn, CheckInAnswer, CheckInTemplateVersion, CheckInValue

# The newest ones: twenty years of a weekly question.
MOST_POINTS = 1000
OF_NEWEST_ANSWER = (
    (CheckInValue.clinic_id == CheckIn.clinic_id)
    & (CheckInValue.check_in_id == CheckIn.id)
    & (CheckInValue.revision == CheckIn.revision)
)
OF_ANSWER = (
    (CheckInAnswer.clinic_id == CheckInValue.clinic_id)
    & (CheckInAnswer.check_in_id == CheckInValue.check_in_id)
    & (CheckInAnswer.revision == CheckInValue.revision)
)
Json = dict[str, Any]


def series_for(
    session: Session, viewer: Viewer, patient_id: UUID, query: Mapping[str, Any], languages: Sequence[str]
) -> list[Json]:
    """Return a patient's series, each with its points in the order of their dates, in three statements; 404."""
    patient = access.patient_for(session, viewer, patient_id)
    points = (
        select(
            CheckIn.id.label("check_in_id"),
            CheckIn.template_id,
            CheckIn.version,
            CheckIn.due_on,
            CheckInAnswer.answered_at,
            CheckInValue.key,
            CheckInValue.number.label("value"),
        )
        .join(CheckInValue, OF_NEWEST_ANSWER)
        .join(CheckInAnswer, OF_ANSWER)
        .where(CheckIn.clinic_id == viewer.clinic_id, CheckIn.patient_id == patient.id)
        .where(CheckInValue.number.is_not(None), *_within(query))
        .order_by(CheckIn.due_at.desc(), CheckIn.id.desc(), CheckInValue.key)
        .limit(MOST_POINTS)
    )
    rows = session.execute(points).all()[::-1]
    newest: dict[tuple[UUID, str], int] = {(row.template_id, row.key): row.version for row in rows}
    asked = _questions(session, viewer.clinic_id, {(template_id, each) for (template_id, _), each in newest.items()})
    series = [
        {
            **_heading(asked[template_id, version], key, languages),
            "template_id": template_id,
            "points": [row for row in rows if (row.template_id, row.key) == (template_id, key)],
        }
        for (template_id, key), version in newest.items()
    ]
    return sorted(series, key=lambda each: (each["template_id"], each["place"]))


def _within(query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if query["template_id"] is not None:
        filters.append(CheckIn.template_id == query["template_id"])
    if query["from_on"] is not None:
        filters.append(CheckIn.due_on >= query["from_on"])
    if query["to_on"] is not None:
        filters.append(CheckIn.due_on <= query["to_on"])
    return filters


def _questions(session: Session, clinic_id: UUID, versions: set[tuple[UUID, int]]) -> dict[tuple[UUID, int], Json]:
    if not versions:
        return {}
    templates = {template_id for template_id, _ in versions}
    query = select(CheckInTemplateVersion).where(
        CheckInTemplateVersion.clinic_id == clinic_id, CheckInTemplateVersion.template_id.in_(templates)
    )
    return {(row.template_id, row.version): row.content for row in session.scalars(query)}


def _heading(content: Json, key: str, languages: Sequence[str]) -> Json:
    place, question = next(each for each in enumerate(content["questions"]) if each[1]["key"] == key)
    text = in_language(question["text"], languages, content["language"])
    return {
        "question": key,
        "place": place,
        "text": text,
        **{name: question[name] for name in ("kind", "least", "most")},
    }
