"""Pausing a plan, moving and withdrawing a pause; every word on it is kept."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from hep_api.plans.models.plans import PlanPause
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene, named
from tests.plans.making import MadePlan

WHY = "On holiday."


def pause(plan: MadePlan, start: str, until: str | None = None, **content: Any) -> Any:
    return plan.send("POST", "/pauses", {"from": start, "to": until, "reason": WHY, **content})


def listed(scene: Scene, plan: MadePlan) -> list[tuple[str, str | None, bool]]:
    pauses = scene.patient.http.get(f"/v1/plans/{plan.id}/pauses").get_json()["items"]
    return [(each["from"], each["to"], each["withdrawn"]) for each in pauses]


def running(scene: Scene) -> MadePlan:
    plan = scene.plan(starts_on="2026-04-20")
    making.publish(plan, scene.item(), effective_on="2026-04-20")
    return plan


def test_nothing_is_expected_in_a_pause(scene: Scene) -> None:
    plan = running(scene)
    told = pause(plan, TOMORROW, "2026-05-09").get_json()
    assert (told["from"], told["to"], told["reason"], told["withdrawn"], told["recorded_by"]) == (
        TOMORROW,
        "2026-05-09",
        WHY,
        False,
        str(scene.lead.member_id),
    )
    expected = [(item["expected"], item["paused"]) for day in range(6, 10) for item in scene.due(f"2026-05-0{day}")]
    assert expected == [(1, False), (0, True), (0, True), (1, False)]


def test_a_pause_may_be_open_and_may_lie_in_the_past(scene: Scene) -> None:
    plan = running(scene)
    assert pause(plan, "2026-04-22", "2026-04-25").status_code == 201
    assert pause(plan, TODAY).status_code == 201
    assert listed(scene, plan) == [("2026-04-22", "2026-04-25", False), (TODAY, None, False)]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"to": TOMORROW, "reason": WHY}, [("/from", "required")]),
        ({"from": TODAY}, [("/reason", "required")]),
        ({"from": TODAY, "reason": ""}, [("/reason", "length")]),
        ({"from": TODAY, "to": TODAY, "reason": WHY}, [("/to", "order")]),
        ({"from": TODAY, "to": YESTERDAY, "reason": WHY}, [("/to", "order")]),
        ({"from": "2026-04-19", "to": TODAY, "reason": WHY}, [("/from", "before_start")]),
        ({"from": "2026-06-01", "to": "2026-06-02", "reason": WHY}, [("/from", "after_end")]),
        ({"from": TODAY, "to": "2126-01-01", "reason": WHY}, [("/to", "range")]),
        ({"from": "2026-05-09", "to": "2026-05-12", "reason": WHY}, [("/to", "overlap")]),
        ({"from": "2026-05-10", "to": "2026-05-11", "reason": WHY}, [("/from", "overlap")]),
        ({"from": "2026-05-12", "to": "2026-05-18", "reason": WHY}, [("/from", "overlap")]),
        ({"from": TODAY, "reason": WHY}, [("/to", "overlap")]),
        ({"from": TODAY, "reason": WHY, "withdrawn": True}, [("/withdrawn", "unknown")]),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(
    scene: Scene, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    plan = running(scene)
    plan.send("POST", "/end", {"discharge_reason": "plateau", "ends_on": "2026-06-01"})
    pause(plan, "2026-05-10", "2026-05-15")
    before = scene.stand(plan)
    response = plan.send("POST", "/pauses", body)
    assert (response.status_code, named(response)) == (422, errors)
    assert scene.stand(plan) == before


def test_pauses_may_touch(scene: Scene) -> None:
    plan = running(scene)
    pause(plan, "2026-05-10", "2026-05-15")
    assert pause(plan, "2026-05-15", "2026-05-20").status_code == 201
    assert pause(plan, "2026-05-08", "2026-05-10").status_code == 201


def test_a_pause_is_moved_and_the_older_word_is_kept(scene: Scene) -> None:
    plan = running(scene)
    pause_id = pause(plan, TOMORROW).get_json()["id"]
    body = {"to": "2026-05-09", "reason": "Back earlier."}
    moved = plan.send("PATCH", f"/pauses/{pause_id}", body)
    assert (moved.status_code, moved.get_json()["id"], moved.get_json()["reason"]) == (200, pause_id, "Back earlier.")
    assert listed(scene, plan) == [(TOMORROW, "2026-05-09", False)]
    with scene.world.transaction() as session:
        words = session.scalars(select(PlanPause).where(PlanPause.plan_id == plan.id).order_by(PlanPause.change)).all()
    assert [(word.change, word.to_on is None, word.replaced_at is None, word.reason) for word in words] == [
        (0, True, False, WHY),
        (1, False, True, "Back earlier."),
    ]


def test_a_pause_may_be_moved_over_its_own_dates_but_not_over_another(scene: Scene) -> None:
    plan = running(scene)
    pause_id = pause(plan, "2026-05-10", "2026-05-12").get_json()["id"]
    pause(plan, "2026-05-20", "2026-05-25")
    own = plan.send("PATCH", f"/pauses/{pause_id}", {"from": "2026-05-11", "to": "2026-05-18", "reason": WHY})
    other = plan.send("PATCH", f"/pauses/{pause_id}", {"to": None, "reason": WHY})
    assert own.status_code == 200
    assert (other.status_code, named(other)) == (422, [("/to", "overlap")])
    assert listed(scene, plan) == [("2026-05-11", "2026-05-18", False), ("2026-05-20", "2026-05-25", False)]


def test_a_withdrawn_pause_leaves_its_days_and_makes_room(scene: Scene) -> None:
    plan = running(scene)
    pause_id = pause(plan, TODAY, "2026-05-12").get_json()["id"]
    withdrawn = plan.send("PATCH", f"/pauses/{pause_id}", {"withdrawn": True, "reason": "Mistaken."})
    assert (withdrawn.status_code, withdrawn.get_json()["withdrawn"]) == (200, True)
    assert [item["expected"] for item in scene.due(TODAY)] == [1]
    assert pause(plan, TOMORROW, "2026-05-09").status_code == 201
    assert listed(scene, plan) == [(TODAY, "2026-05-12", True), (TOMORROW, "2026-05-09", False)]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"to": TOMORROW}, [("/reason", "required")]),
        ({"reason": WHY}, [("/from", "one_of")]),
        ({"withdrawn": False, "reason": WHY}, [("/withdrawn", "choice")]),
        ({"withdrawn": True, "to": TOMORROW, "reason": WHY}, [("/withdrawn", "one_of")]),
        ({"from": "2026-05-30", "reason": WHY}, [("/to", "order")]),
        ({"from": None, "reason": WHY}, [("/from", "null")]),
    ],
)
def test_a_change_of_a_pause_that_makes_no_sense_is_refused(
    scene: Scene, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    plan = running(scene)
    pause_id = pause(plan, "2026-05-10", "2026-05-12").get_json()["id"]
    before = scene.stand(plan)
    response = plan.send("PATCH", f"/pauses/{pause_id}", body)
    assert (response.status_code, named(response)) == (422, errors)
    assert scene.stand(plan) == before


def test_a_withdrawn_pause_an_unknown_one_and_one_of_another_plan_are_not_found(scene: Scene) -> None:
    plan, other = running(scene), running(scene)
    gone = pause(plan, TODAY, TOMORROW).get_json()["id"]
    plan.send("PATCH", f"/pauses/{gone}", {"withdrawn": True, "reason": "Mistaken."})
    foreign = pause(other, TODAY, TOMORROW).get_json()["id"]
    before = scene.stand(plan), scene.stand(other)
    for pause_id in (gone, foreign, uuid4()):
        response = plan.send("PATCH", f"/pauses/{pause_id}", {"to": "2026-05-20", "reason": WHY})
        assert response.status_code == 404
    assert (scene.stand(plan), scene.stand(other)) == before


def test_an_ended_plan_is_neither_paused_nor_are_its_pauses_moved(scene: Scene) -> None:
    plan = running(scene)
    pause_id = pause(plan, "2026-04-22", "2026-04-25").get_json()["id"]
    plan.send("POST", "/end", {"discharge_reason": "other"})
    before = scene.stand(plan)
    started = pause(plan, "2026-04-28", "2026-04-29")
    moved = plan.send("PATCH", f"/pauses/{pause_id}", {"to": "2026-04-27", "reason": WHY})
    assert [(each.status_code, named(each)) for each in (started, moved)] == [(409, [("plan_id", "ended")])] * 2
    assert scene.stand(plan) == before


def test_pausing_needs_the_plans_present_etag(scene: Scene) -> None:
    plan = running(scene)
    old = plan.etag
    pause_id = pause(plan, "2026-05-10", "2026-05-12").get_json()["id"]
    body = {"from": TODAY, "to": TOMORROW, "reason": WHY}
    statuses = [
        plan.send(method, path, body, **headers).status_code
        for method, path in (("POST", "/pauses"), ("PATCH", f"/pauses/{pause_id}"))
        for headers in ({"If-Match": old}, {"If-Match": ""})
    ]
    assert statuses == [412, 428, 412, 428]
    assert listed(scene, plan) == [("2026-05-10", "2026-05-12", False)]


def test_pauses_are_listed_by_pages_in_four_statements(scene: Scene, statements: Any) -> None:
    plan = running(scene)
    for day in (10, 12, 14):
        pause(plan, f"2026-05-{day}", f"2026-05-{day + 1}")
    path = f"/v1/plans/{plan.id}/pauses?limit=2"
    with statements() as seen:
        first = scene.patient.http.get(path).get_json()
    second = scene.patient.http.get(f"{path}&cursor={first['next_cursor']}").get_json()
    assert [each["from"] for each in first["items"] + second["items"]] == ["2026-05-10", "2026-05-12", "2026-05-14"]
    # One recognises, two read, one is the record of it.
    assert len(seen) == 4
