"""Exercises in several languages: who writes them, who reads which, and what a prescription keeps."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from marshmallow import ValidationError

from hep_api.library.showing import shown_exercise
from hep_api.library.starter_set import starter_id
from hep_api.library.starter_translations import read_translations
from tests.counting import StatementCounter
from tests.library.editing import added, change, read, rules
from tests.plans import making
from tests.world import Person, World

GERMAN = {
    "name": "Wackelbrett kippen",
    "summary": "Kippen Sie das Brett.",
    "steps": ["Stellen Sie sich auf das Brett.", "Kippen Sie es langsam."],
    "cues": ["Blick nach vorn."],
    "mistakes": [],
    "precautions": [],
    "contraindications": [],
    "synonyms": ["Therapiekreisel"],
    "author": "Kim",
}
FRENCH = {**GERMAN, "name": "Plateau instable", "synonyms": []}


@pytest.fixture
def exercise(practitioner: Person) -> dict[str, Any]:
    """An exercise of the clinic's in English, German and Canadian French."""
    made = added(practitioner, scope="clinic")
    for language, texts in (("de", GERMAN), ("fr-CA", FRENCH)):
        answer = change(practitioner, made["id"], f"/translations/{language}", method="PUT", **texts)
        assert answer.status_code == 200, answer.json
    return made


def test_everyone_reads_their_own_language_else_the_exercises(
    practitioner: Person, exercise: dict[str, Any], statements: StatementCounter
) -> None:
    names = {"de": GERMAN["name"], "fr-CA": FRENCH["name"], "en": exercise["name"]}
    asked = {"de-AT, en": "de", "fr": "fr-CA", "es, de;q=0.5": "de", "es": "en", "": "en", "en-GB, de": "en", "*": "en"}
    tags = set()
    for languages, expected in asked.items():
        with statements() as seen:
            answer = read(practitioner, exercise["id"], languages)
        assert len(seen) <= 4  # who asks, the exercise with its texts, its links, its pictures
        assert (answer.json["language"], answer.json["name"]) == (expected, names[expected])
        assert answer.headers["Content-Language"] == expected
        assert "Accept-Language" in answer.headers["Vary"]
        assert answer.json["languages"] == ["de", "en", "fr-CA"]
        tags.add(answer.headers["ETag"])
    assert len(tags) == 3
    # Whatever language was read, its ETag serves a change.
    for tag in tags:
        path = f"/v1/exercises/{exercise['id']}"
        assert practitioner.http.patch(path, json={}, headers={"If-Match": tag}).status_code == 200


def test_what_a_translation_leaves_empty_is_read_in_the_exercises_own_words(world: World, practitioner: Person) -> None:
    own = {
        "summary": "Tilt the board.",
        "cues": ["Look ahead."],
        "mistakes": ["Leaning on the rail."],
        "precautions": ["Stop if you feel dizzy.", "Hold on to a rail."],
        "contraindications": ["A fresh fracture."],
    }
    made = added(practitioner, scope="clinic", **own)
    partial = {"name": GERMAN["name"], "steps": GERMAN["steps"], "author": "Kim"}

    def written(**said: Any) -> Any:
        return change(practitioner, made["id"], "/translations/de", method="PUT", **partial, **said)

    def german() -> dict[str, Any]:
        found: dict[str, Any] = read(practitioner, made["id"], "de").json
        assert (found["language"], found["name"]) == ("de", GERMAN["name"])
        return {field: found[field] for field in own}

    assert written().status_code == 200
    assert german() == own
    query = {"q": "Wackelbrett"}
    page = practitioner.http.get("/v1/exercises", query_string=query, headers={"Accept-Language": "de"})
    assert [each["summary"] for each in page.json["items"] if each["id"] == made["id"]] == [own["summary"]]
    plan = making.start(practitioner, patient := world.patient(practitioner))
    making.publish(plan, making.new_item(UUID(made["id"])))
    revision = patient.http.get(f"/v1/plans/{plan.id}/revisions/1", headers={"Accept-Language": "de"}).json
    prescribed = revision["items"][0]["exercise"]
    assert {field: prescribed[field] for field in own} == own

    for field, said in (("precautions", ["Nur eine."]), ("contraindications", ["Eins.", "Zwei."])):
        assert rules(written(**{field: said})) == [(f"/{field}", "as_many")]
    translated = {**own, "precautions": ["Bei Schwindel aufhören.", "Festhalten."]}
    assert written(**translated).status_code == 200
    assert german() == translated
    # One more than was translated: all of them are read as the exercise says them, until they are written anew.
    longer = [*own["precautions"], "Wear shoes."]
    change(practitioner, made["id"], precautions=longer)
    assert german() == {**own, "precautions": longer}


def test_lists_and_links_are_in_the_readers_language_too(
    practitioner: Person, exercise: dict[str, Any], statements: StatementCounter
) -> None:
    other = added(practitioner, name="Wobble board squat", easier=[exercise["id"]])
    headers = {"Accept-Language": "de"}
    with statements() as seen:
        page = practitioner.http.get("/v1/exercises", query_string={"q": "wobble board"}, headers=headers)
    assert len(seen) == 2  # who asks, and the page
    found = {item["id"]: (item["name"], item["language"]) for item in page.json["items"]}
    assert found[exercise["id"]] == (GERMAN["name"], "de")
    assert found[other["id"]] == ("Wobble board squat", "en")
    assert "Accept-Language" in page.headers["Vary"]
    [link] = read(practitioner, other["id"], "de").json["easier"]
    assert link == {"id": exercise["id"], "name": GERMAN["name"]}


def test_writers_read_all_of_them_and_which_are_outdated(practitioner: Person, exercise: dict[str, Any]) -> None:
    path = f"/v1/exercises/{exercise['id']}/translations"

    def languages() -> dict[str, bool]:
        return {each["language"]: each["outdated"] for each in practitioner.http.get(path).json["items"]}

    texts = practitioner.http.get(path)
    assert [each["language"] for each in texts.json["items"]] == ["en", "de", "fr-CA"]
    assert texts.json["items"][1] == {"language": "de", "is_own": False, "outdated": False, **GERMAN}
    assert texts.headers["ETag"].split(".")[0] == read(practitioner, exercise["id"]).headers["ETag"].split(".")[0]
    change(practitioner, exercise["id"], difficulty="easy")
    assert languages() == {"en": False, "de": False, "fr-CA": False}
    change(practitioner, exercise["id"], steps=["Stand on the board with one foot.", "Tilt it slowly."])
    assert languages() == {"en": False, "de": True, "fr-CA": True}
    # As many steps as before: it is read. One more, and a translation would hide it: the exercise's own are read.
    assert read(practitioner, exercise["id"], "de").json["language"] == "de"
    change(practitioner, exercise["id"], steps=["Stand.", "Tilt.", "Hold on to something."])
    assert read(practitioner, exercise["id"], "de").json["language"] == "en"
    anew = {**GERMAN, "steps": ["Stehen.", "Kippen.", "Festhalten."]}
    change(practitioner, exercise["id"], "/translations/de", method="PUT", **anew)
    assert languages() == {"en": False, "de": False, "fr-CA": True}
    assert read(practitioner, exercise["id"], "de").json["steps"] == anew["steps"]
    assert change(practitioner, exercise["id"], "/translations/de", method="DELETE").status_code == 200
    assert change(practitioner, exercise["id"], "/translations/de", method="DELETE").status_code == 404
    assert languages() == {"en": False, "fr-CA": True}


def test_a_translation_is_written_by_those_who_edit_and_read_by_those_who_see(
    world: World, practitioner: Person, colleague: Person, stranger: Person, exercise: dict[str, Any]
) -> None:
    draft = added(practitioner)
    leader = world.manager(practitioner.clinic_id)
    for person, which, reads, writes in (
        (colleague, exercise, 200, 200),
        (colleague, draft, 404, 404),
        (stranger, exercise, 404, 404),
        (leader, exercise, 200, 403),
    ):
        path = f"/v1/exercises/{which['id']}/translations"
        assert person.http.get(path).status_code == reads
        assert change(person, which["id"], "/translations/de", method="PUT", **GERMAN).status_code == writes
    for headers, status in (({}, 428), ({"If-Match": '"old"'}, 412)):
        answer = practitioner.http.put(f"{path}/de", json=GERMAN, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("language", "changes", "field", "rule"),
    [
        ("en", {}, "/language", "own_language"),
        ("german", {}, "/language", "language"),
        ("de-", {}, "/language", "language"),
        ("de_DE", {}, "/language", "language"),
        ("%00", {}, "/language", "language"),
        ("de", {"steps": ["Nur einer."]}, "/steps", "as_many"),
        ("de", {"steps": ["1.", "2.", "3."]}, "/steps", "as_many"),
        ("de", {"precautions": ["Vorsicht."]}, "/precautions", "as_many"),
        ("de", {"steps": ["1.", ""]}, "/steps/1", "length"),
        ("de", {"name": "n" * 121}, "/name", "length"),
        ("de", {"summary": "s" * 501}, "/summary", "length"),
        ("de", {"cues": ["c"] * 11}, "/cues", "length"),
        ("de", {"synonyms": ["s", "s"]}, "/synonyms", "repeated"),
        ("de", {"author": 1}, "/author", "type"),
        ("de", {"language": "de"}, "/language", "unknown"),
    ],
)
def test_a_translation_that_breaks_a_rule_is_refused(
    practitioner: Person, exercise: dict[str, Any], language: str, changes: dict[str, Any], field: str, rule: str
) -> None:
    answer = change(practitioner, exercise["id"], f"/translations/{language}", method="PUT", **{**GERMAN, **changes})
    assert rules(answer) == [(field, rule)]


def test_an_exercise_does_not_take_the_language_of_a_translation(
    practitioner: Person, exercise: dict[str, Any]
) -> None:
    assert rules(change(practitioner, exercise["id"], language="de")) == [("/language", "translated")]
    assert change(practitioner, exercise["id"], language="nl").json["language"] == "nl"


def test_a_prescription_keeps_all_languages_and_is_read_in_the_patients(
    world: World, practitioner: Person, exercise: dict[str, Any]
) -> None:
    patient = world.patient(practitioner)
    plan = making.start(practitioner, patient)
    making.publish(plan, making.new_item(UUID(exercise["id"])), making.new_item(starter_id("bridge")))
    change(practitioner, exercise["id"], "/translations/de", method="PUT", **{**GERMAN, "name": "Anders"})

    def shown(languages: str) -> list[dict[str, Any]]:
        answer = patient.http.get(f"/v1/plans/{plan.id}/revisions/1", headers={"Accept-Language": languages})
        return [item["exercise"] for item in answer.json["items"]]

    german, bridge = shown("de")
    assert (german["name"], german["language"], german["steps"]) == (GERMAN["name"], "de", GERMAN["steps"])
    assert "translations" not in german
    assert shown("es")[0]["language"] == "en"
    [drawing] = bridge["media"]
    assert (drawing["kind"], drawing["alt"], bridge["author"]) == ("drawing", bridge["name"], drawing["author"])


def test_what_was_prescribed_before_there_were_languages_is_read_all_the_same() -> None:
    older = {"exercise_id": "1", "name": "Squat", "steps": ["Bend."], "licence": ""}
    assert shown_exercise(older, ["de"]) == {**older, "language": "en", "author": "", "media": []}


def test_starter_translations_are_read_from_a_folder_a_language(tmp_path: Path) -> None:
    assert read_translations(tmp_path / "none") == {}
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "ankle_foot.json").write_text(json.dumps({"wobble": GERMAN}), "utf-8")
    assert read_translations(tmp_path) == {"wobble": {"de": GERMAN}}
    (tmp_path / "de" / "hip.json").write_text(json.dumps({"clam": {**GERMAN, "steps": [""]}}), "utf-8")
    with pytest.raises(ValidationError):
        read_translations(tmp_path)
