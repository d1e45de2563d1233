"""A practitioner's own exercises: added once, however often they are sent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.foundation.identifiers import new_id
from hep_api.library.models.exercises import Exercise
from hep_api.library.starter_set import starter_id
from tests.library.exercises import an_exercise
from tests.world import Person


def count_exercises(session: Session, clinic_id: UUID) -> int:
    return session.scalar(select(func.count()).where(Exercise.clinic_id == clinic_id)) or 0


def test_it_is_answered_in_full_and_found_at_once(practitioner: Person) -> None:
    added = practitioner.http.post("/v1/exercises", json=an_exercise())
    assert added.status_code == 201
    assert added.json["scope"] == "draft"
    assert added.json["author_id"] == str(practitioner.member_id)
    assert added.json["source"] == "own"
    assert added.json["default_schedule"] == {"kind": "weekdays", "weekdays": ["mon", "fri"], "times_per_day": 1}
    assert added.json["default_dose"]["duration_seconds"] == 60
    assert practitioner.http.get(f"/v1/exercises/{added.json['id']}").json == added.json
    found = practitioner.http.get("/v1/exercises", query_string={"q": "rockr board"}).json["items"]
    assert [item["id"] for item in found] == [added.json["id"]]


def test_the_least_is_a_name_a_step_and_a_region(practitioner: Person) -> None:
    added = practitioner.http.post("/v1/exercises", json={"name": "A", "steps": ["Do it."], "body_region": "knee"})
    assert added.status_code == 201
    assert added.json["default_dose"] is None
    assert added.json["default_schedule"] is None
    assert added.json["position"] is None


def test_sent_again_it_is_the_same_exercise(practitioner: Person, session: Session) -> None:
    body = an_exercise(id=str(new_id()))
    first = practitioner.http.post("/v1/exercises", json=body)
    again = practitioner.http.post("/v1/exercises", json=body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert count_exercises(session, practitioner.clinic_id) == 1


def test_sent_many_times_at_once_it_is_one_exercise(practitioner: Person, session: Session) -> None:
    body = an_exercise(id=str(new_id()))
    with ThreadPoolExecutor(6) as phones:
        answers = list(phones.map(lambda _: practitioner.http.post("/v1/exercises", json=body), range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count_exercises(session, practitioner.clinic_id) == 1


@pytest.mark.parametrize("change", [{"name": "Other"}, {"scope": "clinic"}, {"steps": ["Other."]}])
def test_an_id_sent_again_with_other_content_is_refused(practitioner: Person, change: dict[str, Any]) -> None:
    body = an_exercise(id=str(new_id()))
    first = practitioner.http.post("/v1/exercises", json=body)
    again = practitioner.http.post("/v1/exercises", json={**body, **change})
    assert again.status_code == 409
    assert [(error["field"], error["rule"]) for error in again.json["errors"]] == [("/id", "id_taken")]
    assert practitioner.http.get(f"/v1/exercises/{body['id']}").json == first.json


def test_a_colleagues_id_is_taken_too_and_theirs_stays(practitioner: Person, colleague: Person) -> None:
    body = an_exercise(id=str(new_id()))
    practitioner.http.post("/v1/exercises", json=body)
    assert colleague.http.post("/v1/exercises", json=body).status_code == 409
    assert colleague.http.get(f"/v1/exercises/{body['id']}").status_code == 404


def test_the_id_of_a_starter_exercise_is_taken(practitioner: Person) -> None:
    answer = practitioner.http.post("/v1/exercises", json=an_exercise(id=str(starter_id("bridge"))))
    assert answer.status_code == 409
    assert practitioner.http.get(f"/v1/exercises/{starter_id('bridge')}").json["name"] == "Bridge"


def test_an_id_of_another_clinic_is_free(practitioner: Person, stranger: Person) -> None:
    body = an_exercise(id=str(new_id()))
    assert practitioner.http.post("/v1/exercises", json=body).status_code == 201
    theirs = stranger.http.post("/v1/exercises", json={**body, "name": "Theirs"})
    assert (theirs.status_code, theirs.json["name"]) == (201, "Theirs")
    assert practitioner.http.get(f"/v1/exercises/{body['id']}").json["name"] == "Wobble board tilt"


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"scope": "starter"}, "/scope", "choice"),
        ({"name": ""}, "/name", "length"),
        ({"name": "n" * 121}, "/name", "length"),
        ({"name": "Knee\x00"}, "/name", "text"),
        ({"steps": []}, "/steps", "length"),
        ({"steps": ["Fine.", " "]}, "/steps/1", "length"),
        ({"steps": "Do it."}, "/steps", "type"),
        ({"body_region": "tail"}, "/body_region", "choice"),
        ({"joints": ["ankle", "ankle"]}, "/joints", "repeated"),
        ({"equipment": ["trampoline"]}, "/equipment/0", "choice"),
        ({"sides": 1.5}, "/sides", "type"),
        ({"default_dose": {"sets": 3}}, "/default_dose/reps", "required"),
        ({"default_dose": {"sets": 3, "reps": 0}}, "/default_dose/reps", "range"),
        ({"default_dose": {"sets": 1, "reps": 5, "duration_seconds": 9}}, "/default_dose/reps", "other_kind"),
        (
            {"default_dose": {"sets": 1, "reps": 5, "load": {"unit": "band", "value": 2}}},
            "/default_dose/load/value",
            "other_kind",
        ),
        ({"default_schedule": {"kind": "daily"}}, "/default_schedule/times_per_day", "required"),
        (
            {"default_schedule": {"kind": "weekly_quota", "times_per_week": 3, "times_per_day": 1}},
            "/default_schedule/times_per_day",
            "other_kind",
        ),
        ({"owner": "me"}, "/owner", "unknown"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_field_and_rule(
    practitioner: Person, session: Session, change: dict[str, Any], field: str, rule: str
) -> None:
    assert practitioner.http.post("/v1/exercises", json=an_exercise(name="Right")).status_code == 201
    answer = practitioner.http.post("/v1/exercises", json=an_exercise(**change))
    assert answer.status_code == 422
    assert (field, rule) in [(error["field"], error["rule"]) for error in answer.json["errors"]]
    assert count_exercises(session, practitioner.clinic_id) == 1


def test_the_longest_exercise_is_taken_and_reads_back(practitioner: Person) -> None:
    word = "膝"
    longest = an_exercise(
        name=word * 120,
        summary=word * 500,
        steps=[word * 1000] * 30,
        cues=[word * 1000] * 10,
        synonyms=[f"{number:02}" + "abcdefghijkl" * 4 for number in range(20)],
    )
    added = practitioner.http.post("/v1/exercises", json=longest)
    assert added.status_code == 201
    assert {field: added.json[field] for field in ("name", "steps", "synonyms")} == {
        field: longest[field] for field in ("name", "steps", "synonyms")
    }
