"""The drawings of the starter set as they are served: strictly, for ever, and beside each exercise."""

import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import ProgrammingError

from hep_api.foundation.database import database
from hep_api.library import starter_drawings
from hep_api.library.figures.drawings import read_drawings
from hep_api.library.models.drawings import Drawing
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.starter_set import starter_id
from tests.library.editing import read
from tests.world import Person, World


def drawing_of(person: Person, key: str) -> dict[str, Any]:
    media = read(person, starter_id(key)).json["media"]
    found: dict[str, Any] = media[-1]
    return found


def test_every_starter_exercise_that_is_drawn_shows_its_drawing(app: Flask, practitioner: Person) -> None:
    with app.app_context(), database().new_session() as session:
        on_shelf = select(Exercise.source_key).where(Exercise.clinic_id == STARTER_SHELF)
        drawn = set(session.scalars(on_shelf.where(Exercise.drawing_digest.is_not(None))))
        assert drawn == set(session.scalars(on_shelf)) & read_drawings().keys()
        assert len(drawn) >= 150
    entry = drawing_of(practitioner, "bridge")
    address = entry.pop("url")
    assert entry == {
        "kind": "drawing",
        "content_type": "image/svg+xml",
        "width": 640,
        "height": 360,
        "alt": "Bridge",
        "licence": "CC0-1.0",
        "author": "The HEP API authors",
        "source": "starter",
    }
    assert hashlib.sha256(practitioner.http.get(address).data).hexdigest() in address


def test_anyone_gets_it_once_and_nothing_in_it_runs(world: World, practitioner: Person) -> None:
    address, anyone = drawing_of(practitioner, "bridge")["url"], world.anyone()
    answer = anyone.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "Set-Cookie" not in answer.headers
    head = anyone.send("HEAD", address)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(answer.data))
    again = anyone.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["f" * 64 + ".svg", "bridge.svg", "", "../healthz", "f" * 64, "%00" * 64 + ".svg"])
def test_there_is_no_other_and_no_list_of_them(world: World, starter_set: None, name: str) -> None:
    assert world.anyone().get(f"/v1/drawings/{name}").status_code == 404


def test_one_that_is_drawn_anew_is_added_and_the_older_stays(app: Flask, starter_set: None) -> None:
    # On a session that is rolled back: the table is everyone's.
    with app.app_context(), database().new_session() as session:
        before = session.scalar(select(func.count()).select_from(Drawing))
        same = starter_drawings.add_drawings(session, {"bridge": "Bridge", "no-such-exercise": "Drawn by nobody"})
        anew = starter_drawings.add_drawings(session, {"bridge": "Bridge with another title"})
        assert same.keys() == anew.keys() == {"bridge"}
        assert session.scalar(select(func.count()).select_from(Drawing)) == (before or 0) + 1
        assert session.get_one(Drawing, same["bridge"]).key == session.get_one(Drawing, anew["bridge"]).key


@pytest.mark.parametrize("defacing", [delete(Drawing), update(Drawing).values(svg="<svg/>")])
def test_the_product_itself_cannot_change_one(app: Flask, starter_set: None, defacing: Any) -> None:
    with app.app_context(), database().new_session() as session, pytest.raises(ProgrammingError):
        session.execute(defacing)


def test_a_drawing_names_the_exercise_in_the_readers_language(practitioner: Person) -> None:
    copy = practitioner.http.post(f"/v1/exercises/{starter_id('bridge')}/copy", json={"name": "Ours"}).json
    assert copy["media"][-1] == {**drawing_of(practitioner, "bridge"), "alt": "Ours"}
    assert json.dumps(copy["media"])
