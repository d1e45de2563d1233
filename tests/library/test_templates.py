"""Templates: a clinic's protocols, found, read, changed in versions, archived, copied."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from hep_api.foundation.identifiers import new_id
from hep_api.library.starter_set import starter_id
from tests.counting import StatementCounter
from tests.library.exercises import an_exercise
from tests.library.templates import PROGRESSION, a_phase, a_template, an_item
from tests.world import Person, World

BRIDGE = starter_id("bridge")


def an_exercise_of(person: Person, **content: Any) -> UUID:
    answer = person.http.post("/v1/exercises", json=an_exercise(**{"scope": "clinic", **content}))
    assert answer.status_code == 201, answer.json
    return UUID(answer.json["id"])


def added(person: Person, *phases: dict[str, Any], **changes: Any) -> TestResponse:
    answer = person.http.post("/v1/templates", json=a_template(*phases, **changes))
    assert answer.status_code == 201, answer.json
    return answer


def named(response: TestResponse) -> list[tuple[str, str]]:
    return [(error["field"], error["rule"]) for error in response.json["errors"]]


@pytest.fixture
def squat(practitioner: Person) -> UUID:
    return an_exercise_of(practitioner)


def test_a_template_is_read_as_it_was_written_by_all_staff_of_the_clinic(
    world: World, practitioner: Person, colleague: Person, stranger: Person, squat: UUID
) -> None:
    phases = [
        a_phase(0, an_item(squat, progression=PROGRESSION), note="Slowly."),
        a_phase(14, an_item(squat), an_item(squat, dose={"sets": 1, "hold_seconds": 30})),
    ]
    told = added(practitioner, *phases).json
    assert (told["scope"], told["version"], told["phase_count"], told["exercise_count"]) == ("clinic", 1, 2, 1)
    assert [phase["from_day"] for phase in told["phases"]] == [0, 14]
    first = told["phases"][0]["items"][0]
    assert (first["exercise_name"], first["exercise_state"]) == (an_exercise()["name"], "available")
    assert (first["progression"]["after_days"], first["progression"]["next_dose"]["reps"]) == (7, 12)
    assert first["progression"]["next_schedule"] == PROGRESSION["next_schedule"]
    for person in (colleague, world.manager(practitioner.clinic_id), world.owner(practitioner.clinic_id)):
        assert person.http.get(f"/v1/templates/{told['id']}").json == told
    # Its phases may be sent back as they were read; what says the same makes no version.
    taken = ("title", "summary", "body_region", "tags", "language", "goals", "phases")
    read = practitioner.http.get(f"/v1/templates/{told['id']}")
    sent = {field: read.json[field] for field in taken}
    back = practitioner.http.put(f"/v1/templates/{told['id']}", json=sent, headers={"If-Match": read.headers["ETag"]})
    assert (back.status_code, back.json) == (200, told)
    patient = world.patient(practitioner)
    for person, status in ((stranger, 404), (patient, 403)):
        for path in ("", "/versions/1"):
            assert person.http.get(f"/v1/templates/{told['id']}{path}").status_code == status


def test_a_change_makes_a_version_and_leaves_those_before_as_they_were(
    practitioner: Person, colleague: Person, squat: UUID
) -> None:
    first = added(practitioner, a_phase(0, an_item(squat)))
    path = f"/v1/templates/{first.json['id']}"
    other = a_template(a_phase(0, an_item(squat)), a_phase(7, an_item(squat)), title="Longer")
    assert colleague.http.put(path, json=other).status_code == 428
    changed = colleague.http.put(path, json=other, headers={"If-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json["version"], changed.json["title"]) == (200, 2, "Longer")
    stale = practitioner.http.put(path, json=other, headers={"If-Match": first.headers["ETag"]})
    assert (stale.status_code, stale.json["code"]) == (412, "changed_meanwhile")
    same = practitioner.http.put(path, json=other, headers={"If-Match": changed.headers["ETag"]})
    assert (same.status_code, same.json["version"]) == (200, 2)
    before = practitioner.http.get(f"{path}/versions/1").json
    assert (before["version"], before["title"], before["phase_count"]) == (1, first.json["title"], 1)
    assert before["written_by"] == str(practitioner.member_id)
    for number in (0, 3, 2**31 - 1):
        assert practitioner.http.get(f"{path}/versions/{number}").status_code == 404


def test_a_template_sent_twice_is_one_and_its_id_stands_for_no_other(practitioner: Person, squat: UUID) -> None:
    body = a_template(a_phase(0, an_item(squat)), id=str(uuid4()))
    first, again = (practitioner.http.post("/v1/templates", json=body) for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    other = practitioner.http.post("/v1/templates", json={**body, "title": "Other"})
    assert (other.status_code, named(other)) == (409, [("/id", "id_taken")])


PHASES_OUT_OF_ORDER = [
    ([1], "/phases/0/from_day", "first_day"),
    ([0, 0], "/phases/1/from_day", "order"),
    ([0, 14, 7], "/phases/2/from_day", "order"),
    ([0, 1099], "/phases/1/from_day", "range"),
    ([0, -1], "/phases/1/from_day", "range"),
    ([], "/phases", "length"),
    (list(range(13)), "/phases", "length"),
]


@pytest.mark.parametrize(("days", "field", "rule"), PHASES_OUT_OF_ORDER)
def test_phases_out_of_order_are_refused(
    practitioner: Person, squat: UUID, days: list[int], field: str, rule: str
) -> None:
    body = a_template(*(a_phase(day, an_item(squat)) for day in days))
    refused = practitioner.http.post("/v1/templates", json=body)
    assert (refused.status_code, named(refused)) == (422, [(field, rule)])


def test_what_makes_no_sense_is_refused_with_its_place(practitioner: Person, squat: UUID) -> None:
    def refused(*phases: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
        answer = practitioner.http.post("/v1/templates", json=a_template(*phases, **changes))
        assert answer.status_code == 422
        return named(answer)

    item = an_item(squat)
    assert refused(a_phase(0)) == [("/phases/0/items", "length")]
    assert refused(a_phase(0, *[item] * 101)) == [("/phases/0/items", "length")]
    contradictory = {"kind": "daily", "times_per_day": 1, "weekdays": ["mon"]}
    second = a_phase(7, item, an_item(squat, schedule=contradictory))
    assert refused(a_phase(0, item), second) == [("/phases/1/items/1/schedule/weekdays", "other_kind")]
    hurried = {**PROGRESSION, "after_days": 0}
    assert refused(a_phase(0, an_item(squat, progression=hurried))) == [
        ("/phases/0/items/0/progression/after_days", "range")
    ]
    aimless = {**PROGRESSION, "next_dose": item["dose"], "next_schedule": item["schedule"]}
    assert refused(a_phase(0, an_item(squat, progression=aimless))) == [
        ("/phases/0/items/0/progression/next_dose", "same_as_dose")
    ]
    assert refused(a_phase(0, item), language="Deutsch") == [("/language", "language")]
    assert refused(a_phase(0, item), tags=["a", "a"]) == [("/tags", "repeated")]


def test_a_template_holds_only_what_the_clinic_has(practitioner: Person, colleague: Person, stranger: Person) -> None:
    mine = an_exercise_of(practitioner, scope="draft")
    theirs = an_exercise_of(colleague, scope="draft")
    foreign = an_exercise_of(stranger)
    archived = an_exercise_of(practitioner)
    read = practitioner.http.get(f"/v1/exercises/{archived}")
    etag = {"If-Match": read.headers["ETag"]}
    assert practitioner.http.post(f"/v1/exercises/{archived}/archive", headers=etag).status_code == 200
    items = [an_item(each) for each in (BRIDGE, mine, theirs, foreign, new_id(), archived)]
    answer = practitioner.http.post("/v1/templates", json=a_template(a_phase(0, an_item(BRIDGE)), a_phase(7, *items)))
    assert answer.status_code == 422
    rules = ("draft", "unknown_exercise", "unknown_exercise", "unknown_exercise", "archived")
    assert named(answer) == [(f"/phases/1/items/{place}/exercise_id", rule) for place, rule in enumerate(rules, 1)]


def test_an_exercise_that_is_archived_later_is_flagged(practitioner: Person, squat: UUID) -> None:
    template_id = added(practitioner, a_phase(0, an_item(squat), an_item(BRIDGE))).json["id"]
    read = practitioner.http.get(f"/v1/exercises/{squat}")
    etag = {"If-Match": read.headers["ETag"]}
    assert practitioner.http.post(f"/v1/exercises/{squat}/archive", headers=etag).status_code == 200
    items = practitioner.http.get(f"/v1/templates/{template_id}").json["phases"][0]["items"]
    assert [item["exercise_state"] for item in items] == ["archived", "available"]
    assert items[0]["exercise_name"] == an_exercise()["name"]


def test_an_archived_template_leaves_the_lists_and_comes_back(
    practitioner: Person, colleague: Person, squat: UUID
) -> None:
    made = added(practitioner, a_phase(0, an_item(squat)))
    path = f"/v1/templates/{made.json['id']}"

    def listed(**query: Any) -> list[str]:
        query = {"scope": "clinic", **query}
        return [item["id"] for item in practitioner.http.get("/v1/templates", query_string=query).json["items"]]

    assert (listed(), listed(archived="true")) == ([made.json["id"]], [])
    for _ in range(2):
        archived = colleague.http.post(f"{path}/archive")
        assert (archived.status_code, archived.json["archived_at"] is None) == (200, False)
    assert (listed(), listed(archived="true")) == ([], [made.json["id"]])
    change = practitioner.http.put(
        path, json=a_template(a_phase(0, an_item(BRIDGE))), headers={"If-Match": archived.headers["ETag"]}
    )
    assert (change.status_code, named(change)) == (409, [("template_id", "archived")])
    restored = colleague.http.post(f"{path}/restore")
    assert (restored.json["archived_at"], listed()) == (None, [made.json["id"]])


def test_templates_are_found_by_words_region_and_tag_and_listed_by_pages(practitioner: Person, squat: UUID) -> None:
    phase = a_phase(0, an_item(squat), name="Sling")
    knee = added(practitioner, phase, title="Total knee", body_region="knee", tags=["tkr"], summary="").json["id"]
    cuff = added(practitioner, phase, title="Rotator cuff").json["id"]
    neck = added(practitioner, phase, title="Stiff neck", body_region=None, tags=[], summary="Désk work.").json["id"]

    def found(**query: Any) -> list[str]:
        asked = {"scope": "clinic", **query}
        return [item["id"] for item in practitioner.http.get("/v1/templates", query_string=asked).json["items"]]

    assert found() == [cuff, neck, knee]
    assert [found(q=words) for words in ("rot cuf", "uff", "desk", "SLING", "the knee", "!")] == [
        [cuff],
        [],
        [neck],
        [cuff, neck, knee],
        [knee],
        [],
    ]
    assert (found(body_region="knee"), found(tag="post-op"), found(q="cuff", tag="tkr")) == ([knee], [cuff], [])
    first = practitioner.http.get("/v1/templates", query_string={"limit": 2, "scope": "clinic"}).json
    query = {"limit": 2, "scope": "clinic", "cursor": first["next_cursor"]}
    assert [item["id"] for item in practitioner.http.get("/v1/templates", query_string=query).json["items"]] == [knee]


def test_a_copy_goes_its_own_way(practitioner: Person, squat: UUID) -> None:
    original = added(practitioner, a_phase(0, an_item(squat)))
    body = {"id": str(uuid4()), "title": "Ours"}
    path = f"/v1/templates/{original.json['id']}"
    first, again = (practitioner.http.post(f"{path}/copy", json=body) for _ in range(2))
    assert (first.status_code, first.json) == (201, again.json)
    assert (first.json["title"], first.json["version"]) == ("Ours", 1)
    assert first.json["copied_from"] == {"id": original.json["id"], "version": 1}
    assert first.json["phases"] == original.json["phases"]
    other = a_template(a_phase(0, an_item(BRIDGE)))
    practitioner.http.put(path, json=other, headers={"If-Match": original.headers["ETag"]})
    assert practitioner.http.get(f"/v1/templates/{first.json['id']}").json["phases"] == original.json["phases"]


def test_only_practitioners_of_the_clinic_write_templates(
    world: World, practitioner: Person, stranger: Person, squat: UUID
) -> None:
    made = added(practitioner, a_phase(0, an_item(squat)))
    path, etag = f"/v1/templates/{made.json['id']}", {"If-Match": made.headers["ETag"]}
    change = a_template(a_phase(0, an_item(BRIDGE)), title="Seized")
    leader, patient = world.owner(practitioner.clinic_id), world.patient(practitioner)
    for person, status in ((stranger, 404), (leader, 403), (patient, 403)):
        answers = [
            person.http.put(path, json=change, headers=etag),
            *(person.http.post(f"{path}/{verb}") for verb in ("archive", "restore")),
            person.http.post(f"{path}/copy", json={}),
        ]
        assert [answer.status_code for answer in answers] == [status] * 4
    for person in (leader, patient):
        assert person.http.post("/v1/templates", json=change).status_code == 403
    read = practitioner.http.get(path)
    assert (read.json["title"], read.json["archived_at"]) == (made.json["title"], None)
    assert practitioner.http.put(path, json=change, headers=etag).status_code == 200


def test_reading_templates_costs_the_same_however_long_they_are(
    practitioner: Person, squat: UUID, statements: StatementCounter
) -> None:
    costs = []
    for count in (1, 12):
        phases = [a_phase(day, *[an_item(squat)] * 20) for day in range(count)]
        template_id = added(practitioner, *phases).json["id"]
        with statements() as listing:
            practitioner.http.get("/v1/templates")
        with statements() as reading:
            practitioner.http.get(f"/v1/templates/{template_id}")
        costs.append((len(listing), len(reading)))
    assert costs == [(2, 3), (2, 3)]
