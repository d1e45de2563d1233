"""The record of what was reported: in the order in which it came in, page by page, skipping nothing."""

from datetime import date, timedelta
from typing import Any

from tests.adherence.conftest import TODAY, YESTERDAY, Scene, correction, event
from tests.adherence.test_journeys import at_once
from tests.world import Person


def listed(scene: Scene, by: Person | None = None, **query: Any) -> Any:
    reader = by or scene.lead
    response = reader.http.get(f"/v1/patients/{scene.patient.member_id}/events", query_string=query)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def test_events_are_listed_as_they_came_in_corrections_and_voids_included(scene: Scene) -> None:
    first = event(scene.daily, YESTERDAY)
    sent = [first, event(scene.daily), correction(first, kind="void")]
    for each in sent:
        scene.upload(each)
    page = listed(scene)
    assert [each["id"] for each in page["items"]] == [each["id"] for each in sent]
    assert [each["seq"] for each in page["items"]] == [1, 2, 3]
    assert page["next_cursor"] is None
    assert [each["seq"] for each in listed(scene, order="newest")["items"]] == [3, 2, 1]


def test_pages_go_on_where_the_last_one_ended_in_both_orders(scene: Scene) -> None:
    scene.upload(*[event(scene.daily) for _ in range(5)])
    for order, expected in (("oldest", [1, 2, 3, 4, 5]), ("newest", [5, 4, 3, 2, 1])):
        found, cursor = [], None
        while True:
            page = listed(scene, limit=2, order=order, **({"cursor": cursor} if cursor else {}))
            found += [each["seq"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == expected


def test_a_list_may_be_narrowed_to_an_exercise_and_to_dates(scene: Scene) -> None:
    daily, quota, _ = scene.prescriptions
    scene.upload(event(daily), event(quota), event(daily, YESTERDAY), event(daily, "2026-04-30"))
    narrowed = listed(scene, prescription_id=str(daily), **{"from": YESTERDAY, "to": TODAY})
    assert [each["seq"] for each in narrowed["items"]] == [1, 3]
    assert listed(scene, after=3)["items"][0]["seq"] == 4


def test_a_reader_who_asks_on_with_the_last_seq_misses_nothing_while_two_phones_write(scene: Scene) -> None:
    tablet, days = scene.world.sign_in(scene.patient), [date(2026, 4, 6) + timedelta(days=n) for n in range(15)]
    reader = scene.world.sign_in(scene.lead)
    seen: list[int] = []

    def write(phone: Person) -> None:
        for day in days:
            assert scene.outcomes(*[event(scene.daily, day.isoformat()) for _ in range(2)], by=phone) == ["applied"] * 2

    def read() -> None:
        for _ in range(1000):
            seen.extend(each["seq"] for each in listed(scene, reader, after=seen[-1] if seen else 0)["items"])
            if len(seen) >= 4 * len(days):
                return

    at_once(lambda: write(scene.patient), lambda: write(tablet), read)
    assert seen == list(range(1, 4 * len(days) + 1))


def test_a_cursor_or_order_that_is_not_ours_is_refused(scene: Scene) -> None:
    path = f"/v1/patients/{scene.patient.member_id}/events"
    for query in ({"cursor": "abc"}, {"order": "random"}, {"after": "-1"}, {"limit": "0"}):
        assert scene.lead.http.get(path, query_string=query).status_code == 422
