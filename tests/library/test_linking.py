"""Easier, harder and alternative exercises: said once, read from both ends, never where somebody may not see them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from hep_api.library.starter_set import starter_id
from tests.library.editing import added, change, read, rules
from tests.world import Person

LISTS = ("easier", "harder", "alternatives")
BRIDGE = str(starter_id("bridge"))


def linked(person: Person, exercise_id: str) -> list[set[str]]:
    exercise = read(person, exercise_id).json
    return [{link["id"] for link in exercise[which]} for which in LISTS]


def test_a_link_stands_at_both_ends(practitioner: Person, colleague: Person) -> None:
    middle = added(practitioner, scope="clinic", name="Middle")["id"]
    easy = added(practitioner, scope="clinic", name="Easy", harder=[middle])["id"]
    other = added(practitioner, scope="clinic", name="Other", alternatives=[middle])["id"]
    hard = change(practitioner, added(practitioner, scope="clinic")["id"], easier=[middle]).json["id"]
    for person in (practitioner, colleague):
        assert linked(person, middle) == [{easy}, {hard}, {other}]
        assert [linked(person, each) for each in (easy, hard, other)] == [
            [set(), {middle}, set()],
            [{middle}, set(), set()],
            [set(), set(), {middle}],
        ]
    # A page that shows a new link is a new version of it, so that nobody overwrites what they have not read.
    assert read(practitioner, middle).json["version"] == 4
    assert change(practitioner, middle, easier=[], harder=[easy]).status_code == 200
    assert linked(colleague, middle) == [set(), {easy}, {other}]
    assert linked(colleague, easy) == [{middle}, set(), set()]
    assert linked(colleague, hard) == [set(), set(), set()]


def test_a_clinics_link_to_a_starter_exercise_shows_there_to_that_clinic(
    practitioner: Person, colleague: Person, stranger: Person
) -> None:
    before = linked(stranger, BRIDGE)
    harder = added(practitioner, scope="clinic", easier=[BRIDGE])["id"]
    draft = added(practitioner, harder=[BRIDGE])["id"]
    assert linked(colleague, BRIDGE) == [before[0], before[1] | {harder}, before[2]]
    assert linked(practitioner, BRIDGE) == [before[0] | {draft}, before[1] | {harder}, before[2]]
    assert linked(stranger, BRIDGE) == before


def test_a_draft_may_lead_to_the_clinics_which_does_not_show_it(practitioner: Person, colleague: Person) -> None:
    shared = added(practitioner, scope="clinic")["id"]
    draft = added(practitioner, easier=[shared])["id"]
    friend = added(practitioner, alternatives=[draft])["id"]
    assert linked(practitioner, draft) == [{shared}, set(), {friend}]
    # Not even to its author: what all of the clinic read can be sent back as it was read.
    assert linked(practitioner, shared) == linked(colleague, shared) == [set(), set(), set()]
    assert change(colleague, shared, harder=[]).status_code == 200
    assert rules(change(practitioner, shared, harder=[draft])) == [("/harder/0", "draft")]
    assert rules(change(practitioner, draft, scope="clinic")) == [("/scope", "linked_to_draft")]
    assert change(practitioner, draft, scope="clinic", easier=[shared], harder=[], alternatives=[]).status_code == 200
    assert linked(colleague, shared) == [set(), {draft}, set()]


def test_what_rests_in_the_archive_is_not_shown_and_not_lost(practitioner: Person) -> None:
    one, other = (added(practitioner, scope="clinic")["id"] for _ in range(2))
    change(practitioner, one, harder=[other])
    change(practitioner, other, "/archive", method="POST")
    assert linked(practitioner, one) == [set(), set(), set()]
    assert linked(practitioner, other) == [{one}, set(), set()]
    assert rules(change(practitioner, one, alternatives=[other])) == [("/alternatives/0", "archived")]
    assert change(practitioner, one, harder=[]).status_code == 200
    change(practitioner, other, "/restore", method="POST")
    assert linked(practitioner, one) == [set(), {other}, set()]


def test_two_who_link_at_once_cannot_contradict_each_other(practitioner: Person, colleague: Person) -> None:
    one, other = (added(practitioner, scope="clinic")["id"] for _ in range(2))
    tags = {each: read(practitioner, each).headers["ETag"] for each in (one, other)}

    def link(which: tuple[Person, str, str]) -> int:
        person, exercise, harder = which
        body, tag = {"harder": [harder]}, {"If-Match": tags[exercise]}
        return person.http.patch(f"/v1/exercises/{exercise}", json=body, headers=tag).status_code

    with ThreadPoolExecutor(2) as both:
        statuses = list(both.map(link, [(practitioner, one, other), (colleague, other, one)]))
    assert sorted(statuses) == [200, 412]
    assert linked(practitioner, one)[statuses.index(200) == 0] == {other}


@pytest.mark.parametrize("as_new", [True, False])
def test_links_that_make_no_sense_are_refused_by_place_and_rule(
    practitioner: Person, colleague: Person, stranger: Person, as_new: bool
) -> None:
    friend = added(practitioner, scope="clinic")["id"]
    exercise = added(practitioner, scope="clinic", harder=[friend])["id"]
    hidden = [added(colleague)["id"], added(stranger, scope="clinic")["id"], str(uuid4())]
    draft = added(practitioner)["id"]

    def refused(**lists: Any) -> list[tuple[str, str]]:
        if not as_new:
            return rules(change(practitioner, exercise, **lists))
        body = {"name": "N", "steps": ["S."], "body_region": "knee", "scope": "clinic", **lists}
        return rules(practitioner.http.post("/v1/exercises", json=body))

    assert refused(easier=[friend, *hidden]) == [
        *((f"/easier/{place}", "unknown_exercise") for place in (1, 2, 3)),
        *([] if as_new else [("/harder/0", "both_ways")]),
    ]
    assert refused(alternatives=[BRIDGE, draft]) == [("/alternatives/1", "draft")]
    assert refused(easier=[friend, friend]) == [("/easier/1", "repeated")]
    assert refused(easier=[friend], harder=[BRIDGE, friend]) == [("/harder/1", "both_ways")]
    if not as_new:
        assert refused(alternatives=[exercise]) == [("/alternatives/0", "itself")]
        # Its friend is the harder one already.
        assert rules(change(practitioner, friend, harder=[exercise])) == [("/harder/0", "both_ways")]
        assert linked(practitioner, exercise) == [set(), {friend}, set()]
