"""Drafts of plans: one for each, shared by the care team, unseen by the patient, published as a whole."""

from typing import Any
from uuid import uuid4

import pytest

from tests.library.templates import a_phase, an_item
from tests.plans import courses, making
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene, named
from tests.plans.courses import MORE, publish, save
from tests.plans.making import DAILY, DOSE


def test_a_draft_is_saved_read_by_the_care_team_and_published(scene: Scene) -> None:
    plan, colleague = scene.plan(), scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, colleague)
    (squat,) = making.publish(plan, scene.item())
    bridge = courses.bridge_of(scene.lead)
    phases = [
        a_phase(0, making.carried_item(squat), name="", note="Mind the knee."),
        a_phase(10, making.carried_item(squat, dose=MORE), an_item(bridge)),
    ]
    saved = save(plan, None, *phases)
    assert saved.status_code == 200, saved.get_json()
    draft = saved.get_json()
    assert (draft["based_on"], draft["last_revision"], draft["outdated"], draft["version"]) == (1, 1, False, 1)
    items = [[item["exercise_name"] for item in phase["items"]] for phase in draft["phases"]]
    assert items == [["Squat"], ["Squat", "Bridge"]]
    read = colleague.http.get(f"/v1/plans/{plan.id}/draft")
    assert (read.status_code, read.get_json()) == (200, draft)
    again = save(plan, saved.headers["ETag"], *read.get_json()["phases"])
    assert (again.status_code, again.get_json()["phases"]) == (200, draft["phases"])
    saved = again
    assert scene.patient.http.get(f"/v1/plans/{plan.id}/draft").status_code == 404
    assert len(scene.lead.http.get(f"/v1/plans/{plan.id}/revisions").get_json()["items"]) == 1

    published = publish(plan, saved.headers["ETag"], effective_on="tomorrow")
    assert published.status_code == 201, published.get_json()
    revisions = published.get_json()["revisions"]
    told = [(each["number"], each["effective_on"], each["note"], each["template"]) for each in revisions]
    assert told == [(2, TOMORROW, "Mind the knee.", None), (3, "2026-05-17", "", None)]
    assert revisions[1]["items"][0]["prescription_id"] == str(squat)
    assert scene.lead.http.get(f"/v1/plans/{plan.id}/draft").status_code == 404
    plan.etag = published.headers["ETag"]
    assert plan.send("POST", "/revisions", {"items": [scene.item()]}).status_code == 201


def test_a_draft_has_an_etag_of_its_own(scene: Scene) -> None:
    plan = scene.plan()
    phase = a_phase(0, an_item(scene.squat))
    path = f"/v1/plans/{plan.id}/draft"
    without = plan.by.http.put(path, json={"phases": [phase]})
    too_early = save(plan, '"no-such-draft"', phase)
    assert (without.status_code, too_early.status_code) == (428, 412)
    first = save(plan, None, phase)
    second_first = save(plan, None, phase)
    assert (first.status_code, second_first.status_code) == (200, 412)
    second = save(plan, first.headers["ETag"], a_phase(0))
    assert (second.status_code, second.get_json()["version"]) == (200, 2)
    assert save(plan, first.headers["ETag"], phase).status_code == 412
    assert publish(plan, first.headers["ETag"]).status_code == 412
    assert plan.by.http.delete(path, headers={"If-Match": first.headers["ETag"]}).status_code == 412
    assert plan.by.http.delete(path).status_code == 428
    assert plan.by.http.delete(path, headers={"If-Match": second.headers["ETag"]}).status_code == 204
    assert plan.by.http.get(path).status_code == 404
    assert save(plan, None, phase).status_code == 200
    # The tag of the draft that is gone fits no later one.
    assert save(plan, first.headers["ETag"], phase).status_code == 412


def test_a_draft_whose_plan_has_a_newer_revision_waits_to_be_rebased(scene: Scene) -> None:
    plan = scene.plan()
    making.publish(plan, scene.item())
    phase = a_phase(0, an_item(scene.squat))
    saved = save(plan, None, phase)
    making.publish(plan, scene.item(dose=MORE))
    refused = publish(plan, saved.headers["ETag"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "outdated_draft")
    assert (refused.get_json()["based_on"], refused.get_json()["last_revision"]) == (1, 2)
    assert plan.by.http.get(f"/v1/plans/{plan.id}/draft").get_json()["outdated"]
    unread = save(plan, saved.headers["ETag"], phase, based_on=1)
    assert publish(plan, unread.headers["ETag"]).status_code == 409
    ahead = save(plan, unread.headers["ETag"], phase, based_on=3)
    assert (ahead.status_code, named(ahead)) == (422, [("/based_on", "range")])
    rebased = save(plan, unread.headers["ETag"], phase, based_on=2)
    assert publish(plan, rebased.headers["ETag"]).status_code == 201


def test_a_draft_published_twice_gives_the_same_answer(scene: Scene) -> None:
    plan = scene.plan()
    saved = save(plan, None, a_phase(0, an_item(scene.squat)), a_phase(7, an_item(scene.squat, dose=MORE)))
    body = {"id": str(uuid4()), "effective_on": "today"}
    first, again = (publish(plan, saved.headers["ETag"], **body) for _ in range(2))
    assert (first.status_code, first.get_json()) == (201, again.get_json())
    assert first.get_json()["revisions"][0]["id"] == body["id"]
    other = publish(plan, saved.headers["ETag"], **{**body, "effective_on": "tomorrow"})
    assert (other.status_code, named(other)) == (409, [("/id", "used")])
    assert publish(plan, saved.headers["ETag"]).status_code == 404


ITEM = {"dose": DOSE, "schedule": DAILY}
NOWHERE = str(uuid4())
CONTRADICTORY = {"kind": "weekly_quota", "times_per_week": 3, "times_per_day": 1}
SENSELESS: list[tuple[list[dict[str, Any]], str, str]] = [
    ([], "/phases", "length"),
    ([a_phase(day) for day in range(13)], "/phases", "length"),
    ([a_phase(3)], "/phases/0/from_day", "first_day"),
    ([a_phase(0), a_phase(14), a_phase(7)], "/phases/2/from_day", "order"),
    ([a_phase(0), a_phase(1099)], "/phases/1/from_day", "range"),
    ([a_phase(0, *[ITEM] * 101)], "/phases/0/items", "length"),
    ([a_phase(0, *[{}] * 10_000)], "/phases/0/items", "length"),
    ([a_phase(0, ITEM)], "/phases/0/items/0/exercise_id", "one_of"),
    ([a_phase(0), a_phase(7, an_item(NOWHERE))], "/phases/1/items/0/exercise_id", "unknown_exercise"),
    ([a_phase(0, making.carried_item(NOWHERE))], "/phases/0/items/0/prescription_id", "unknown_prescription"),
    ([a_phase(0, {**ITEM, "schedule": CONTRADICTORY})], "/phases/0/items/0/schedule/times_per_day", "other_kind"),
]


@pytest.mark.parametrize(("phases", "field", "rule"), SENSELESS)
def test_a_draft_that_makes_no_sense_is_refused(
    scene: Scene, phases: list[dict[str, Any]], field: str, rule: str
) -> None:
    plan = scene.plan()
    refused = save(plan, None, *phases)
    assert (refused.status_code, named(refused)) == (422, [(field, rule)])
    assert plan.by.http.get(f"/v1/plans/{plan.id}/draft").status_code == 404
    assert save(plan, None, a_phase(0)).status_code == 200


def test_a_prescription_stands_once_in_a_phase_and_may_stand_in_each(scene: Scene) -> None:
    plan = scene.plan()
    (squat,) = making.publish(plan, scene.item())
    item = making.carried_item(squat)
    refused = save(plan, None, a_phase(0, item), a_phase(7, item, item))
    assert (refused.status_code, named(refused)) == (422, [("/phases/1/items/1/prescription_id", "repeated")])
    assert save(plan, None, a_phase(0, item), a_phase(7, item)).status_code == 200


def test_what_may_be_a_draft_and_may_not_be_published_is_refused_then(scene: Scene) -> None:
    plan = scene.plan()
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": "2026-05-20"})
    empty = save(plan, None, a_phase(0, an_item(scene.squat)), a_phase(7))
    refused = publish(plan, empty.headers["ETag"])
    assert (refused.status_code, named(refused)) == (422, [("/phases/1/items", "length")])
    late = save(plan, empty.headers["ETag"], a_phase(0, an_item(scene.squat)), a_phase(14, an_item(scene.squat)))
    for asked, error in (
        ({"effective_on": "today"}, ("/phases/1/from_day", "after_end")),
        ({"effective_on": "2026-05-20"}, ("/effective_on", "after_end")),
        ({"effective_on": YESTERDAY}, ("/effective_on", "before_start")),
        ({"effective_on": "yesterday"}, ("/effective_on", "date")),
    ):
        refused = publish(plan, late.headers["ETag"], **asked)
        assert (refused.status_code, named(refused)) == (422, [error])
    assert scene.lead.http.get(f"/v1/plans/{plan.id}").get_json()["last_revision"] == 0
    fitting = save(plan, late.headers["ETag"], a_phase(0, an_item(scene.squat)), a_phase(13, an_item(scene.squat)))
    assert publish(plan, fitting.headers["ETag"], effective_on=TODAY).status_code == 201


def test_a_back_dated_draft_needs_a_reason(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-04-20")
    saved = save(plan, None, a_phase(0, an_item(scene.squat)), a_phase(3, an_item(scene.squat, dose=MORE)))
    refused = publish(plan, saved.headers["ETag"], effective_on="2026-05-01")
    assert (refused.status_code, named(refused)) == (422, [("/reason", "back_dated")])
    done = publish(plan, saved.headers["ETag"], effective_on="2026-05-01", reason="So agreed on the phone.")
    revisions = done.get_json()["revisions"]
    assert [(each["effective_on"], each["reason"]) for each in revisions] == [
        ("2026-05-01", "So agreed on the phone."),
        ("2026-05-04", "So agreed on the phone."),
    ]


def test_drafts_are_for_practitioners_of_the_care_team(scene: Scene) -> None:
    plan = scene.plan()
    phase = a_phase(0, an_item(scene.squat))
    saved = save(plan, None, phase)
    path, etag = f"/v1/plans/{plan.id}/draft", {"If-Match": saved.headers["ETag"]}
    outsider, leader = scene.world.practitioner(scene.lead.clinic_id), scene.world.owner(scene.lead.clinic_id)
    stranger = scene.world.practitioner(scene.world.clinic())
    for person, reading, writing in (
        (outsider, 404, 404),
        (stranger, 404, 404),
        (leader, 404, 403),
        (scene.patient, 404, 403),
    ):
        assert person.http.get(path).status_code == reading
        answers = [
            person.http.put(path, json={"phases": [phase]}, headers=etag),
            person.http.post(f"{path}/publish", json={}, headers=etag),
            person.http.delete(path, headers=etag),
        ]
        assert [answer.status_code for answer in answers] == [writing] * 3
    assert scene.lead.http.get(path).get_json() == saved.get_json()
    assert publish(plan, saved.headers["ETag"]).status_code == 201
