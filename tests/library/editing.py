"""Changing exercises as a practitioner's browser would: with the ETag that it has."""

from typing import Any

from werkzeug.test import TestResponse

from tests.library.exercises import an_exercise
from tests.world import Person


def added(person: Person, **content: Any) -> dict[str, Any]:
    answer = person.http.post("/v1/exercises", json=an_exercise(**content))
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def read(person: Person, exercise_id: Any, languages: str = "") -> TestResponse:
    return person.http.get(f"/v1/exercises/{exercise_id}", headers={"Accept-Language": languages})


def change(person: Person, exercise_id: Any, path: str = "", *, method: str = "PATCH", **body: Any) -> TestResponse:
    """Change an exercise with the ETag that the person reads, or with that of nothing where they read none."""
    tag = {"If-Match": read(person, exercise_id).headers.get("ETag", '"none"')}
    options = {"json": body} if method in ("PATCH", "PUT") else {}
    return person.http.send(method, f"/v1/exercises/{exercise_id}{path}", headers=tag, **options)


def rules(answer: TestResponse) -> list[tuple[str, str]]:
    """Return the field and the rule of each error of a refusal."""
    assert answer.status_code == 422, answer.json
    return [(error["field"], error["rule"]) for error in answer.json["errors"]]
