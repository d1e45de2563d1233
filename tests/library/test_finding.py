"""Favourites, what was used last, facets, totals; that a colleague's draft shines through nowhere; the index itself."""

from typing import Any

from flask import Flask
from sqlalchemy import any_, select

from hep_api.library import indexing
from hep_api.library.models.words import ExerciseCard, ExerciseWord, WordClue
from hep_api.library.starter_set import starter_id
from tests.counting import StatementCounter
from tests.library.exercises import an_exercise
from tests.plans import making
from tests.world import Person, World


def page(person: Person, **query: Any) -> dict[str, Any]:
    answer = person.http.get("/v1/exercises", query_string=query)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def names(person: Person, **query: Any) -> list[str]:
    return [item["name"] for item in page(person, **query)["items"]]


def add(person: Person, **changes: Any) -> str:
    answer = person.http.post("/v1/exercises", json=an_exercise(**changes))
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


SAID = {
    "SLR": "Straight leg raise",
    "TKE": "Standing knee straightening with a band",
    "bridge": "Bridge",
    "heel raise": "Calf raise",
    "Thomas stretch": "Bed-edge hip stretch",
    "STS": "Sit to stand",
    "pendulum": "Pendulum swing",
    "codmans": "Pendulum swing",
    "RDL pattern": "Hip hinge with a stick",
    "static quads": "Thigh squeeze (quad set)",
    "birddog": "Bird dog",
    "glute bridge": "Bridge",
    "piriformis stretch": "Figure-four stretch",
    "scap retraction": "Shoulder blade squeeze",
}


def test_what_practitioners_say_is_found_first(practitioner: Person) -> None:
    assert {typed: names(practitioner, q=typed, scope="starter", limit=1) for typed in SAID} == {
        typed: [first] for typed, first in SAID.items()
    }


def test_brands_and_names_of_people_find_something(practitioner: Person) -> None:
    for typed in ("theraband", "resistance band", "thera band"):
        items = page(practitioner, q=typed, limit=5)["items"]
        assert all({"band", "loop_band"} & set(item["equipment"]) for item in items)
    for typed in ("Kegel", "Epley", "Brandt-Daroff", "pelvic floor", "Codman"):
        assert names(practitioner, q=typed, limit=1), typed


def test_favourites_come_first_and_then_what_was_used_last(world: World, practitioner: Person) -> None:
    favourite, used = starter_id("wall-squat"), starter_id("mini-squat")
    path = f"/v1/exercises/{favourite}/favourite"
    assert [practitioner.http.put(path).status_code for _ in range(2)] == [204, 204]
    plan = making.start(practitioner, world.patient(practitioner))
    making.publish(plan, making.new_item(used), making.new_item(starter_id("squat")))
    found = page(practitioner, limit=4)["items"]
    assert [(item["name"], item["favourite"], item["last_used_at"] is not None) for item in found] == [
        ("Wall squat hold", True, False),
        ("Mini squat", False, True),
        ("Squat", False, True),
        ("Ankle alphabet", False, False),
    ]
    # A better hit stays before a favourite: what is called so comes first.
    assert names(practitioner, q="squat")[:3] == ["Squat", "Wall squat hold", "Mini squat"]
    assert names(practitioner, favourite="true") == ["Wall squat hold"]
    assert "Wall squat hold" not in names(practitioner, q="squat", favourite="false")
    assert [practitioner.http.delete(path).status_code for _ in range(2)] == [204, 204]
    assert names(practitioner, favourite="true") == []


def test_a_favourite_is_ones_own_and_of_what_one_sees(practitioner: Person, colleague: Person) -> None:
    draft = add(colleague, scope="draft")
    assert practitioner.http.put(f"/v1/exercises/{draft}/favourite").status_code == 404
    assert colleague.http.put(f"/v1/exercises/{draft}/favourite").status_code == 204
    assert names(practitioner, favourite="true") == []
    assert names(colleague, favourite="true") == ["Wobble board tilt"]


def test_each_facet_counts_under_all_filters_but_its_own(practitioner: Person, statements: StatementCounter) -> None:
    asked = {"goal": ["strength", "balance"], "position": "standing", "q": "knee"}
    with statements() as seen:
        found = page(practitioner, **asked, facets="true", limit=200)
    assert len(seen) == 2  # who asks, and the page with its facets
    assert found["total"] == len(found["items"]) > 5
    for facet, without in (("goal", {**asked, "goal": []}), ("position", {**asked, "position": []})):
        rows = page(practitioner, **without, limit=200)["items"]
        for entry in found["facets"][facet]:
            field = {"goal": "goals"}.get(facet, facet)
            assert entry["count"] == sum(entry["value"] in (row[field] or []) for row in rows), entry
    regions = {entry["value"]: entry["count"] for entry in found["facets"]["body_region"]}
    assert sum(regions.values()) == found["total"]
    numbers = [entry["count"] for entry in found["facets"]["goal"]]
    assert numbers == sorted(numbers, reverse=True)


def test_nothing_found_has_facets_too(practitioner: Person) -> None:
    found = page(practitioner, q="trombone", facets="true")
    assert (found["items"], found["total"], found["facets"]["goal"]) == ([], 0, [])


def test_without_asking_there_are_no_facets(practitioner: Person) -> None:
    found = page(practitioner, q="knee")
    assert (found["facets"], found["total"]) == (None, None)


def test_several_values_of_a_filter_are_alternatives(practitioner: Person) -> None:
    found = page(practitioner, body_region=["hip", "knee"], equipment=["none", "mat"], limit=200)["items"]
    assert {item["body_region"] for item in found} == {"hip", "knee"}
    assert all(item["equipment"] == [] or "mat" in item["equipment"] for item in found)


def test_a_cursor_serves_its_own_search_only(practitioner: Person) -> None:
    cursor = page(practitioner, q="knee", limit=1)["next_cursor"]
    answer = practitioner.http.get("/v1/exercises", query_string={"q": "hip", "cursor": cursor})
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [("/cursor", "cursor")]


def test_hostile_queries_are_only_words(practitioner: Person) -> None:
    for typed in ("a" * 200, "%_\\", "שלום ברך", "'); --", "knee & !hip | (x:*)", "=knee", "en:lung"):
        assert page(practitioner, q=typed, facets="true", limit=1)["facets"] is not None


def test_a_draft_shines_through_nowhere(practitioner: Person, colleague: Person, stranger: Person) -> None:
    asked: dict[str, Any] = {"q": "sqat", "facets": "true", "limit": 200}
    before = {person.member_id: page(person, **asked) for person in (colleague, stranger)}
    # Were the draft's words known to others, "sqat" would no more count as misspelt for them.
    add(practitioner, name="Sqat", tags=["sqat_tag"], scope="draft")
    assert names(practitioner, q="sqat") == ["Sqat"]
    for person in (colleague, stranger):
        assert page(person, **asked) == before[person.member_id]
        everything = page(person, facets="true", limit=1)
        assert "sqat_tag" not in {entry["value"] for entry in everything["facets"]["tag"]}
        assert "draft" not in {entry["value"] for entry in everything["facets"]["scope"]}


def test_the_index_kept_up_equals_the_one_made_anew(app: Flask, world: World, practitioner: Person) -> None:
    kept, moved = add(practitioner, scope="clinic"), add(practitioner, name="Zeppelin roll", scope="draft")
    tag = practitioner.http.get(f"/v1/exercises/{moved}").headers["ETag"]
    changes = {"name": "Ledge balance", "synonyms": ["slr"], "scope": "clinic"}
    changed = practitioner.http.patch(f"/v1/exercises/{moved}", json=changes, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.json
    tag = practitioner.http.get(f"/v1/exercises/{kept}").headers["ETag"]
    assert practitioner.http.post(f"/v1/exercises/{kept}/archive", headers={"If-Match": tag}).status_code == 200
    assert names(practitioner, q="straight leg raise", scope="clinic") == ["Ledge balance"]
    assert names(practitioner, q="wobble", scope="clinic") == []
    assert names(practitioner, q="wobble", archived="true") == ["Wobble board tilt"]
    before = index_of(world, practitioner)
    result = app.test_cli_runner().invoke(args=["library", "reindex"])
    assert result.exit_code == 0, result.output
    after = index_of(world, practitioner)
    assert before[:2] == after[:2]
    # Clues to words that no exercise has any more lead nowhere, and go with the next reindexing.
    assert before[2] > after[2]
    with world.transaction() as session:
        assert indexing.catch_up(session, practitioner.clinic_id) == 0


def index_of(world: World, person: Person) -> tuple[set[Any], set[Any], set[Any]]:
    """Return the cards without how the words name them, who has which word where, and the clues."""
    card, word = ExerciseCard.__table__.c, ExerciseWord.__table__.c
    in_batch = (word.clinic_id == card.clinic_id) & (word.batch_id == card.batch_id) & (card.slot == any_(word.slots))
    of_cards = [column for column in card if column.name not in {"batch_id", "slot"}]
    with world.transaction() as session:
        cards = session.execute(select(*of_cards).where(card.clinic_id == person.clinic_id)).all()
        words = select(card.exercise_id, word.word, word.place).where(card.clinic_id == person.clinic_id, in_batch)
        said = session.execute(words).all()
        clues = session.execute(select(*WordClue.__table__.c).where(WordClue.clinic_id == person.clinic_id)).all()
    return {repr(row) for row in cards}, {tuple(row) for row in said}, {tuple(row) for row in clues}
