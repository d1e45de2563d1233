"""The starter set's templates: what each keeps to, and how they reach the tables and new releases."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.library import starter_set, starter_templates
from hep_api.library.models.exercises import STARTER_SHELF
from hep_api.library.models.templates import Template
from tests.everything import everything
from tests.library.conftest import NOW
from tests.library.templates import a_phase, a_template, an_item
from tests.world import Person

ENTRIES = starter_templates.read_starter_templates()


@pytest.fixture
def undone(app: Flask, starter_set: None) -> Iterator[Session]:
    """A session whose work is taken back at the end."""
    with everything(app) as session:
        yield session
        session.rollback()


def shelve(session: Session, entries: Any) -> int:
    return starter_templates.shelve_templates(session, entries, starter_set.starter_id, NOW)


def on_shelf(session: Session) -> dict[str, Template]:
    session.expire_all()
    return {str(row.source_key): row for row in session.scalars(select(Template).filter_by(clinic_id=STARTER_SHELF))}


def test_every_exercise_of_a_template_is_in_the_set_and_every_key_once() -> None:
    known = {entry["key"] for entry in starter_set.read_starter_set()}
    named = {item["exercise"] for entry in ENTRIES for phase in entry["phases"] for item in phase["items"]}
    assert named <= known
    assert len({entry["key"] for entry in ENTRIES}) == len(ENTRIES)


def test_they_are_found_read_only_and_copied(practitioner: Person) -> None:
    query = {"scope": "starter", "limit": 200}
    listed = practitioner.http.get("/v1/templates", query_string=query).json["items"]
    assert sorted(item["title"] for item in listed) == sorted(entry["title"] for entry in ENTRIES)
    path = f"/v1/templates/{listed[0]['id']}"
    read = practitioner.http.get(path)
    assert {item["exercise_state"] for phase in read.json["phases"] for item in phase["items"]} == {"available"}
    change = a_template(a_phase(0, an_item(starter_set.starter_id("bridge"))))
    answers = [
        practitioner.http.put(path, json=change, headers={"If-Match": read.headers["ETag"]}),
        *(practitioner.http.post(f"{path}/{verb}") for verb in ("archive", "restore")),
    ]
    assert [(answer.status_code, answer.json["errors"][0]["rule"]) for answer in answers] == [(409, "read_only")] * 3
    copy = practitioner.http.post(f"{path}/copy", json={})
    assert (copy.status_code, copy.json["scope"], copy.json["title"]) == (201, "clinic", read.json["title"])
    assert copy.json["phases"] == read.json["phases"]


def test_loading_again_changes_nothing(undone: Session) -> None:
    assert shelve(undone, ENTRIES) == 0


def test_what_a_release_rewrites_is_a_next_version_and_what_it_drops_is_archived(undone: Session) -> None:
    before = {key: row.version for key, row in on_shelf(undone).items()}
    first, second, *others = ENTRIES
    rewritten = {**first, "title": "Written anew"}
    assert shelve(undone, [rewritten, *others]) == 1
    after = on_shelf(undone)
    assert (after[first["key"]].title, after[first["key"]].version) == ("Written anew", before[first["key"]] + 1)
    assert after[second["key"]].archived_at == NOW
    assert all(after[each["key"]].version == before[each["key"]] for each in others)
    assert shelve(undone, [rewritten, second, *others]) == 0
    assert on_shelf(undone)[second["key"]].archived_at is None
