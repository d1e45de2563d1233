"""What a practitioner types, and what they find."""

from typing import Any

import pytest

from tests.counting import StatementCounter
from tests.library.exercises import an_exercise
from tests.world import Person


def search(person: Person, **query: Any) -> list[str]:
    answer = person.http.get("/v1/exercises", query_string=query)
    assert answer.status_code == 200, answer.json
    return [item["name"] for item in answer.json["items"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("clamshell", "Clamshell"),
        ("clam", "Clamshell"),
        ("CLAMSHELL band", "Clamshell with a band"),
        ("sit to stand", "Sit to stand"),
        ("SLR", "Straight leg raise"),
        ("TKE", "Standing knee straightening with a band"),
        ("quad sets", "Thigh squeeze (quad set)"),
        ("wall sit", "Wall squat hold"),
        ("lunges", "Split squat"),
        ("squat", "Squat"),
        ("exercises for the calf", "Calf raise"),
    ],
)
def test_words_beginnings_and_synonyms_find_it_first(practitioner: Person, typed: str, first: str) -> None:
    assert search(practitioner, q=typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("clamshel", "Clamshell"),
        ("clamshelll", "Clamshell"),
        ("brige", "Bridge"),
        ("birdge", "Bridge"),
        ("squatt", "Squat"),
        ("hamstrng strech chair", "Hamstring stretch on a chair"),
        ("quadrecips seting", "Thigh squeeze (quad set)"),
        ("theraband eversoin", "Band pull, foot outwards"),
    ],
)
def test_typing_errors_find_it_all_the_same(practitioner: Person, typed: str, first: str) -> None:
    assert search(practitioner, q=typed)[0] == first


def test_a_word_that_the_library_knows_is_not_taken_for_a_misspelt_one(practitioner: Person) -> None:
    # "ball" is one letter from "wall": who asks for balls is not shown walls.
    found = search(practitioner, q="ball")
    assert "Ball squeeze" in found
    assert "Wall push-up" not in found


def test_a_condition_finds_what_is_tagged_with_it(practitioner: Person) -> None:
    assert "Slow heel drop off a step" in search(practitioner, q="achillies")
    assert "Clamshell" in search(practitioner, q="runner's knee")


def test_every_word_has_to_be_found(practitioner: Person) -> None:
    assert search(practitioner, q="bridge shoulder trombone") == []


@pytest.mark.parametrize(
    "typed", ["%", "'", '"; DROP TABLE exercise; --', "\\", "a:*&b|!c", "((((", "🦵", "<->", "''''"]
)
def test_hostile_queries_find_little_and_break_nothing(practitioner: Person, typed: str) -> None:
    assert practitioner.http.get("/v1/exercises", query_string={"q": typed}).status_code == 200


@pytest.mark.parametrize("typed", ["%", "***", "🦵"])
def test_a_query_without_a_word_finds_nothing(practitioner: Person, typed: str) -> None:
    assert search(practitioner, q=typed) == []


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_search_box_shows_everything_by_name(practitioner: Person, typed: str) -> None:
    found = search(practitioner, q=typed, limit=200)
    assert len(found) >= 84
    assert found[:2] == ["Ankle alphabet", "Ankle pump"]


def test_long_words_of_every_script_are_only_words(practitioner: Person) -> None:
    assert search(practitioner, q="ﷺ" * 200) == []
    assert search(practitioner, q="膝" * 200) == []


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ({"q": "knee\x00"}, "/q", "text"),
        ({"q": "k" * 10_000}, "/q", "length"),
        ({"q": ["knee", "hip"]}, "/q", "type"),
        ({"body_region": "tail"}, "/body_region", "choice"),
        ({"equipment": "trampoline"}, "/equipment", "choice"),
        ({"sides": "3"}, "/sides", "range"),
        ({"limit": "0"}, "/limit", "range"),
        ({"cursor": "bm90IG91cnM"}, "/cursor", "cursor"),
        ({"cursor": "W10"}, "/cursor", "cursor"),
        ({"colour": "red"}, "/colour", "unknown"),
    ],
)
def test_a_wrong_query_is_refused_by_field_and_rule(
    practitioner: Person, query: dict[str, Any], field: str, rule: str
) -> None:
    answer = practitioner.http.get("/v1/exercises", query_string=query)
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(field, rule)]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"body_region": "knee"}, lambda item: item["body_region"] == "knee"),
        ({"position": "supine"}, lambda item: item["position"] == "supine"),
        ({"equipment": "band"}, lambda item: "band" in item["equipment"]),
        ({"equipment": "none"}, lambda item: item["equipment"] == []),
        ({"goal": "balance"}, lambda item: "balance" in item["goals"]),
        ({"difficulty": "hard"}, lambda item: item["difficulty"] == "hard"),
        ({"sides": "2"}, lambda item: item["sides"] == 2),
        ({"scope": "starter"}, lambda item: item["scope"] == "starter"),
        ({"q": "strech", "body_region": "neck"}, lambda item: item["body_region"] == "neck"),
    ],
)
def test_a_filter_leaves_what_fits(practitioner: Person, query: dict[str, str], holds: Any) -> None:
    everything = practitioner.http.get("/v1/exercises", query_string={"limit": 200}).json["items"]
    left = practitioner.http.get("/v1/exercises", query_string={**query, "limit": 200}).json["items"]
    assert left
    assert all(holds(item) for item in left)
    if "q" not in query:
        assert len(left) == sum(1 for item in everything if holds(item))


def test_filters_and_words_go_together(practitioner: Person) -> None:
    found = search(practitioner, q="stretch", body_region="neck", position="sitting")
    # First those that are called so, then those in whose text it stands.
    assert found == ["Armpit look stretch", "Side neck stretch", "Chin tuck", "Neck turns"]


@pytest.mark.parametrize("query", [{}, {"q": "knee"}, {"q": "strech"}, {"body_region": "hip"}])
def test_pages_hold_everything_once_in_one_order(practitioner: Person, query: dict[str, str]) -> None:
    whole = practitioner.http.get("/v1/exercises", query_string={**query, "limit": 200}).json
    assert whole["next_cursor"] is None
    paged: list[str] = []
    cursor: str | None = None
    while cursor is not None or not paged:
        page = practitioner.http.get(
            "/v1/exercises", query_string={**query, "limit": 7, **({"cursor": cursor} if cursor else {})}
        ).json
        paged += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert paged == [item["id"] for item in whole["items"]]
    assert len(set(paged)) == len(paged) > 7


def test_pages_of_names_in_any_script_go_on(practitioner: Person) -> None:
    for number in range(3):
        name = "膝を伸ばす運動" * 10 + str(number)
        assert practitioner.http.post("/v1/exercises", json=an_exercise(name=name)).status_code == 201
    first = practitioner.http.get("/v1/exercises", query_string={"q": "膝", "limit": 2}).json
    rest = practitioner.http.get(
        "/v1/exercises", query_string={"q": "膝", "limit": 2, "cursor": first["next_cursor"]}
    ).json
    assert (len(first["items"]), len(rest["items"])) == (2, 1)


def test_a_page_costs_two_statements_however_long_it_is(practitioner: Person, statements: StatementCounter) -> None:
    for query in ({"limit": 1}, {"limit": 200}, {"q": "squatt with a band", "limit": 200}):
        with statements() as seen:
            search(practitioner, **query)
        assert len(seen) == 2  # who asks, and the page


def test_a_list_shows_what_is_needed_to_prescribe_it(practitioner: Person) -> None:
    item = practitioner.http.get("/v1/exercises", query_string={"q": "quad set"}).json["items"][0]
    assert item["default_dose"] == {
        "sets": 2,
        "reps": 10,
        "hold_seconds": 5,
        "duration_seconds": None,
        "sides": 2,
        "rest_seconds": None,
        "load": None,
        "note": "",
    }
    assert item["default_schedule"] == {"kind": "daily", "times_per_day": 3}
    assert item["equipment"] == ["towel", "bed"]
    assert "steps" not in item
