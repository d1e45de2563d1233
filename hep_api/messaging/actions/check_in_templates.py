"""Writes of check-in templates. Each change is a version of its own: what was asked stays as it was asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, conflict, invalid
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.web import etags
from hep_api.messaging.check_ins.questions import why_other
from hep_api.messaging.models.check_ins import CheckInTemplate, CheckInTemplateVersion
from hep_api.messaging.queries import check_in_templates as templates
from hep_api.plans import repeats

Said = Mapping[str, Any]
FIELDS = ("language", "title", "introduction", "questions", "expires_after_days")


def add_template(session: Session, viewer: Viewer, body: Said, now: datetime) -> UUID:
    """Add a template and return its id; sent again with the same content it is the same one, with other content 409."""
    content = content_of(body)
    digest = repeats.digest_of({**content, "author_id": viewer.member_id})
    template_id = body["id"] or new_id()
    row = {
        "clinic_id": viewer.clinic_id,
        "id": template_id,
        "title": content["title"][content["language"]],
        "author_id": viewer.member_id,
        "created_at": now,
        "sent_digest": digest,
    }
    adding = insert(CheckInTemplate).values(row).on_conflict_do_nothing().returning(CheckInTemplate.id)
    if session.scalar(adding) is not None:
        _add_version(session, viewer, template_id, 1, content, now)
    elif session.scalar(_digest(viewer, template_id)) != digest:
        raise repeats.id_is_taken()
    return template_id


def change_template(session: Session, viewer: Viewer, template_id: UUID, body: Said, now: datetime) -> None:
    """Write a template's next version, under its ETag; what says the same as before makes none.

    Errors: 404, 409 for one that is archived, 412, 422 naming the question whose key stood for another before.
    """
    template = templates.template_to_change(session, viewer, template_id)
    etags.require_match(template.id, template.version)
    if template.archived_at is not None:
        raise conflict("check_in_template_id", "archived", "This template is archived; restore it first.")
    content, earlier = content_of(body), templates.contents_of(session, viewer.clinic_id, template_id)
    if content == earlier[0]:
        return
    _refuse_other_questions(content, earlier)
    template.title = content["title"][content["language"]]
    template.version += 1
    _add_version(session, viewer, template_id, template.version, content, now)


def archive_template(session: Session, viewer: Viewer, template_id: UUID, now: datetime) -> None:
    """Take a template out of the list: it is asked no more, by rules neither; a second time it stays so."""
    template = templates.template_to_change(session, viewer, template_id)
    template.archived_at = template.archived_at or now
    session.flush()


def restore_template(session: Session, viewer: Viewer, template_id: UUID) -> None:
    """Put an archived template back; its rules ask again from the next time on."""
    templates.template_to_change(session, viewer, template_id).archived_at = None
    session.flush()


def content_of(loaded: Said) -> dict[str, Any]:
    """Return what is kept of a loaded template, in plain JSON types."""
    questions = [{**question, "kind": question["kind"].value} for question in loaded["questions"]]
    return {field: loaded[field] for field in FIELDS} | {"questions": questions}


def _refuse_other_questions(content: Said, earlier: list[dict[str, Any]]) -> None:
    known: dict[str, Said] = {}
    for version in earlier:
        for question in version["questions"]:
            known.setdefault(question["key"], question)
    refused = []
    for place, question in enumerate(content["questions"]):
        why = why_other(question, known[question["key"]]) if question["key"] in known else None
        if why is not None:
            field, rule, words = why
            refused.append(FieldError(f"/questions/{place}/{field}", rule, words))
    if refused:
        raise invalid(*refused)


def _add_version(
    session: Session, viewer: Viewer, template_id: UUID, version: int, content: Said, now: datetime
) -> None:
    session.add(
        CheckInTemplateVersion(
            clinic_id=viewer.clinic_id,
            template_id=template_id,
            version=version,
            content=dict(content),
            written_at=now,
            written_by=viewer.member_id,
        )
    )
    session.flush()


def _digest(viewer: Viewer, template_id: UUID) -> Any:
    return select(CheckInTemplate.sent_digest).where(
        CheckInTemplate.clinic_id == viewer.clinic_id, CheckInTemplate.id == template_id
    )
