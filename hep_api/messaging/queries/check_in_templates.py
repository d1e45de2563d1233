"""Reads of check-in templates, by a clinic's staff."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.messaging.check_ins.questions import in_language
from hep_api.messaging.models.check_ins import CheckInTemplate, CheckInTemplateVersion

AnyRow = Row[*tuple[Any, ...]]
OF_VERSION = (CheckInTemplateVersion.clinic_id == CheckInTemplate.clinic_id) & (
    CheckInTemplateVersion.template_id == CheckInTemplate.id
)
COLUMNS = (
    CheckInTemplate.id,
    CheckInTemplate.title,
    CheckInTemplate.created_at,
    CheckInTemplate.archived_at,
    CheckInTemplateVersion.version,
    CheckInTemplateVersion.content,
    CheckInTemplateVersion.written_at,
    CheckInTemplateVersion.written_by,
)


def list_templates_for(
    session: Session, viewer: Viewer, asked: Mapping[str, Any], languages: Sequence[str]
) -> pages.Page[dict[str, Any]]:
    """Return the clinic's templates by title, in one statement."""
    archived = CheckInTemplate.archived_at.is_not(None) if asked["archived"] else CheckInTemplate.archived_at.is_(None)
    query = (
        select(*COLUMNS)
        .join(CheckInTemplateVersion, OF_VERSION & (CheckInTemplateVersion.version == CheckInTemplate.version))
        .where(CheckInTemplate.clinic_id == viewer.clinic_id, archived)
    )
    key = tuple_(CheckInTemplate.title, CheckInTemplate.id)
    after = pages.decode(asked["cursor"], str, UUID)
    if after:
        query = query.where(key > tuple_(*after))
    ordered = query.order_by(CheckInTemplate.title, CheckInTemplate.id).limit(asked["limit"] + 1)
    page = pages.cut(session.execute(ordered).all(), asked["limit"], lambda row: [row.title, row.id])
    return pages.Page([_listed(row, languages) for row in page.items], page.next_cursor)


def template_for(session: Session, viewer: Viewer, template_id: UUID, version: int | None = None) -> dict[str, Any]:
    """Return a template of the viewer's clinic as it asks now, or as it asked in `version`; 404 otherwise."""
    row = session.execute(
        select(*COLUMNS)
        .join(CheckInTemplateVersion, OF_VERSION)
        .where(CheckInTemplate.clinic_id == viewer.clinic_id, CheckInTemplate.id == template_id)
        .where(CheckInTemplateVersion.version == (CheckInTemplate.version if version is None else version))
    ).one_or_none()
    if row is None:
        raise _no_such_template()
    return {**row._asdict(), **row.content}


def template_to_change(session: Session, viewer: Viewer, template_id: UUID) -> CheckInTemplate:
    """Return a template of the viewer's clinic, its row locked until the commit; 404 otherwise."""
    template = session.scalar(
        select(CheckInTemplate)
        .where(CheckInTemplate.clinic_id == viewer.clinic_id, CheckInTemplate.id == template_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if template is None:
        raise _no_such_template()
    return template


def contents_of(session: Session, clinic_id: UUID, template_id: UUID) -> list[dict[str, Any]]:
    """Return what all versions of a template asked, the newest first."""
    query = (
        select(CheckInTemplateVersion.content)
        .where(CheckInTemplateVersion.clinic_id == clinic_id, CheckInTemplateVersion.template_id == template_id)
        .order_by(CheckInTemplateVersion.version.desc())
    )
    return list(session.scalars(query))


def _listed(row: AnyRow, languages: Sequence[str]) -> dict[str, Any]:
    content = row.content
    title = in_language(content["title"], languages, content["language"])
    return {**row._asdict(), "title": title, "question_count": len(content["questions"])}


def _no_such_template() -> Exception:
    return not_found("check-in template")
