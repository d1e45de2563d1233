"""The starter set's templates: protocols of our own writing (CC0) in one JSON file, and how they reach the tables.

A template keeps its id in every installation. Loading again writes a next version of what was rewritten and archives
what left the file; copies of it, and plans made from it, stay as they are.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from marshmallow import fields, validates_schema
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from hep_api.dosing.schemas import DoseIn, ProgressionIn, ScheduleIn
from hep_api.foundation import tenancy
from hep_api.foundation.web.fields import Several, Text
from hep_api.foundation.web.schemas import In
from hep_api.library.models.exercises import STARTER_SHELF
from hep_api.library.models.templates import Template, TemplateVersion
from hep_api.library.schemas.templates import TemplateTitleIn, from_day, refuse_disorder
from hep_api.library.template_rows import (
    MOST_ITEMS,
    MOST_PHASES,
    Origin,
    columns_of,
    content_of,
    version_of,
    write_template,
)

FILE = Path(__file__).parent / "starter" / "templates.json"
MakeId = Callable[[str], UUID]


class StarterTemplateItemIn(In):
    exercise = Text(most=60, required=True, metadata={"description": "the key of a starter exercise"})
    dose = fields.Nested(DoseIn, required=True)
    schedule = fields.Nested(ScheduleIn, required=True)
    progression = fields.Nested(ProgressionIn, load_default=None, allow_none=True)


class StarterTemplatePhaseIn(In):
    name = Text(most=120, required=True)
    from_day = from_day()
    note = Text(least=0, most=5000, lines=True, load_default="")
    items = Several(fields.Nested(StarterTemplateItemIn), least=1, most=MOST_ITEMS, required=True)


class StarterTemplateIn(TemplateTitleIn):
    """One entry of the file: a template with its key, its exercises by theirs."""

    key = Text(most=60, required=True)
    phases = Several(fields.Nested(StarterTemplatePhaseIn), least=1, most=MOST_PHASES, required=True)

    @validates_schema(skip_on_field_errors=True)
    def refuse_phases_out_of_order(self, data: dict[str, Any], **_: Any) -> None:
        refuse_disorder(data["phases"])


def read_starter_templates() -> list[dict[str, Any]]:
    """Return all entries as the schema loads them; raises ValidationError for one that breaks a rule."""
    loaded: list[dict[str, Any]] = StarterTemplateIn(many=True).load(json.loads(FILE.read_text("utf-8")))
    return loaded


def shelve_templates(session: Session, entries: Sequence[Mapping[str, Any]], make_id: MakeId, now: datetime) -> int:
    """Make the starter shelf hold these templates, archive all others, and return how many were written.

    `make_id` gives the id of a starter exercise by its key, and of a template by its key behind `template:`.
    """
    contents = {entry["key"]: content_of({**entry, "phases": _with_ids(entry["phases"], make_id)}) for entry in entries}
    with tenancy.acting_for(session, STARTER_SHELF):
        there = {row.source_key: row for row in _on_shelf(session)}
        differing = {
            key: content for key, content in contents.items() if key not in there or there[key].content != content
        }
        for key, content in differing.items():
            _write(session, key, content, there.get(key), make_id, now)
        _archive_all_but(session, contents, now)
    return len(differing)


def _with_ids(phases: Sequence[Mapping[str, Any]], make_id: MakeId) -> list[dict[str, Any]]:
    return [
        {**phase, "items": [{**item, "exercise_id": make_id(item["exercise"])} for item in phase["items"]]}
        for phase in phases
    ]


def _on_shelf(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    newest = (
        (TemplateVersion.clinic_id == Template.clinic_id)
        & (TemplateVersion.template_id == Template.id)
        & (TemplateVersion.version == Template.version)
    )
    query = select(Template.source_key, Template.id, Template.version, TemplateVersion.content)
    return session.execute(query.join(TemplateVersion, newest).where(Template.clinic_id == STARTER_SHELF)).all()


def _write(session: Session, key: str, content: Mapping[str, Any], old: Any, make_id: MakeId, now: datetime) -> None:
    origin = Origin(STARTER_SHELF, None, source_key=key)
    if old is None:
        write_template(session, origin, make_id(f"template:{key}"), content, now)
        return
    number = old.version + 1
    this_one = (Template.clinic_id == STARTER_SHELF) & (Template.id == old.id)
    session.execute(update(Template).where(this_one).values(**columns_of(content), version=number))
    session.add(version_of(origin, old.id, number, content, now))
    session.flush()


def _archive_all_but(session: Session, contents: Mapping[str, Any], now: datetime) -> None:
    """Archive what left the file, and take out of the archive what is in it again."""
    on_shelf = update(Template).where(Template.clinic_id == STARTER_SHELF)
    stays = Template.source_key.in_(contents.keys())
    session.execute(on_shelf.where(~stays, Template.archived_at.is_(None)).values(archived_at=now))
    session.execute(on_shelf.where(stays, Template.archived_at.is_not(None)).values(archived_at=None))
