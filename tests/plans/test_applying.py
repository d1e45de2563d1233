"""Applying templates: a plan of one's own, its phases as revisions, published at once or adjusted first."""

from typing import Any
from uuid import uuid4

from tests.library.templates import PROGRESSION, a_phase, an_item
from tests.plans import courses, making
from tests.plans.conftest import TODAY, TOMORROW, Scene, named
from tests.plans.courses import MORE, apply
from tests.plans.making import MadePlan


def template_of(scene: Scene) -> str:
    return courses.template(
        scene.lead, *courses.three_phases(courses.squat_of(scene.lead), courses.bridge_of(scene.lead))
    )


def test_each_phase_becomes_a_revision_that_remembers_where_it_came_from(scene: Scene) -> None:
    template_id = template_of(scene)
    answer = apply(scene, template_id)
    assert answer.status_code == 201, answer.get_json()
    made = answer.get_json()
    plan, revisions = made["plan"], made["revisions"]
    assert (plan["title"], plan["goals"], plan["starts_on"], plan["last_revision"]) == (
        "Rotator cuff, after repair",
        ["Reach a shelf."],
        TODAY,
        3,
    )
    assert made["draft"] is None
    told = [(each["number"], each["effective_on"], each["phase_name"], each["note"]) for each in revisions]
    assert told == [
        (1, TODAY, "Weeks 0-2", "Slowly."),
        (2, "2026-05-20", "Weeks 2-6", ""),
        (3, "2026-06-17", "From week 6", ""),
    ]
    assert [each["template"] for each in revisions] == [
        {"id": template_id, "version": 1, "phase": phase} for phase in (1, 2, 3)
    ]
    listed = scene.patient.http.get(f"/v1/plans/{plan['id']}/revisions").get_json()["items"]
    assert [(each["in_force"], each["template"]["phase"]) for each in listed] == [
        ("ahead", 3),
        ("ahead", 2),
        ("now", 1),
    ]
    etag = answer.headers["ETag"]
    carried = making.carried_item(revisions[2]["items"][0]["prescription_id"])
    assert (
        MadePlan(scene.lead, plan["id"], etag, plan).send("POST", "/revisions", {"items": [carried]}).status_code == 201
    )


def test_an_exercise_that_goes_on_is_one_prescription_through_the_phases(scene: Scene) -> None:
    squat, bridge = courses.squat_of(scene.lead), courses.bridge_of(scene.lead)
    twice = a_phase(0, an_item(squat), an_item(squat, dose=MORE))
    phases = [twice, a_phase(7, an_item(squat, dose=MORE), an_item(bridge), an_item(squat))]
    made = apply(scene, courses.template(scene.lead, *phases)).get_json()
    first, second = (
        [(item["prescription_id"], item["exercise"]["name"]) for item in revision["items"]]
        for revision in made["revisions"]
    )
    # Named twice, it is two prescriptions, which go on in their order.
    assert len({prescription_id for prescription_id, _ in first}) == 2
    assert [second[0], second[2]] == first
    assert second[1][1] == "Bridge"
    assert [item["dose"]["reps"] for item in scene.due(TODAY)] == [10, 12]
    assert [item["dose"]["reps"] for item in scene.due("2026-05-13")] == [12, 10, 10]


def test_a_start_is_the_patients_today_a_date_or_with_a_reason_past(scene: Scene) -> None:
    template_id = template_of(scene)
    early = scene.world.patient(scene.lead, zone="Pacific/Kiritimati")
    assert apply(scene, template_id, early, starts_on="today").get_json()["plan"]["starts_on"] == TOMORROW
    assert apply(scene, template_id, starts_on="tomorrow").get_json()["plan"]["starts_on"] == TOMORROW
    later = apply(scene, template_id, starts_on="2026-12-30").get_json()["revisions"]
    assert [each["effective_on"] for each in later] == ["2026-12-30", "2027-01-13", "2027-02-10"]
    refused = apply(scene, template_id, starts_on="2026-04-20")
    assert (refused.status_code, named(refused)) == (422, [("/reason", "back_dated")])
    past = apply(scene, template_id, starts_on="2026-04-20", reason="Taken over.").get_json()
    assert [each["reason"] for each in past["revisions"]] == ["Taken over."] * 3
    far = apply(scene, template_id, starts_on="2031-01-01")
    assert (far.status_code, named(far)) == (422, [("/starts_on", "range")])


def test_sent_twice_it_is_one_plan_and_the_id_stands_for_no_other(scene: Scene) -> None:
    template_id = template_of(scene)
    for publish in (True, False):
        sent = {"plan_id": str(uuid4()), "publish": publish}
        first, again = (apply(scene, template_id, **sent) for _ in range(2))
        assert (first.status_code, first.get_json(), first.headers["ETag"]) == (
            again.status_code,
            again.get_json(),
            again.headers["ETag"],
        )
        other = apply(scene, template_id, **sent, title="Other")
        assert (other.status_code, named(other)) == (409, [("/id", "used")])
    assert len(scene.lead.http.get(f"/v1/patients/{scene.patient.member_id}/plans").get_json()["items"]) == 2


def test_a_later_change_of_the_template_leaves_plans_as_they_are(scene: Scene) -> None:
    squat = courses.squat_of(scene.lead)
    template_id = courses.template(scene.lead, a_phase(0, an_item(squat)))
    made = apply(scene, template_id).get_json()
    read = scene.lead.http.get(f"/v1/templates/{template_id}")
    changed = courses.a_template(a_phase(0, an_item(squat, dose=MORE)))
    put = scene.lead.http.put(f"/v1/templates/{template_id}", json=changed, headers={"If-Match": read.headers["ETag"]})
    assert put.status_code == 200
    now = scene.lead.http.get(f"/v1/plans/{made['plan']['id']}/revisions/1").get_json()
    assert now == made["revisions"][0]
    assert apply(scene, template_id).get_json()["revisions"][0]["template"]["version"] == 2


def test_what_may_not_be_applied_is_refused_and_leaves_nothing(scene: Scene) -> None:
    squat, bridge = courses.squat_of(scene.lead), courses.bridge_of(scene.lead)
    template_id = courses.template(scene.lead, a_phase(0, an_item(squat)), a_phase(7, an_item(squat), an_item(bridge)))
    stranger = scene.world.practitioner(scene.world.clinic())
    foreign = courses.template(stranger, a_phase(0, an_item(courses.squat_of(stranger))))
    unassigned = scene.world.patient(scene.world.practitioner(scene.lead.clinic_id))

    def refused(**how: Any) -> tuple[int, list[tuple[str, str]]]:
        answer = apply(scene, **{"template_id": template_id, **how})
        return answer.status_code, named(answer)

    assert refused(template_id=foreign) == (404, [])
    assert refused(template_id=str(uuid4())) == (404, [])
    assert refused(patient=unassigned) == (404, [])
    assert refused(patient=scene.world.patient(stranger)) == (404, [])
    etag = {"If-Match": scene.lead.http.get(f"/v1/exercises/{bridge}").headers["ETag"]}
    assert scene.lead.http.post(f"/v1/exercises/{bridge}/archive", headers=etag).status_code == 200
    for publish in (True, False):
        assert refused(publish=publish) == (422, [("/phases/1/items/1/exercise_id", "archived")])
    etag = {"If-Match": scene.lead.http.get(f"/v1/exercises/{bridge}").headers["ETag"]}
    assert scene.lead.http.post(f"/v1/exercises/{bridge}/restore", headers=etag).status_code == 200
    scene.lead.http.post(f"/v1/templates/{template_id}/archive")
    assert refused() == (409, [("template_id", "archived")])
    plans = f"/v1/patients/{scene.patient.member_id}/plans"
    assert scene.lead.http.get(plans).get_json()["items"] == []
    scene.lead.http.post(f"/v1/templates/{template_id}/restore")
    assert refused_after_restore(scene, template_id) == 201


def refused_after_restore(scene: Scene, template_id: str) -> int:
    return apply(scene, template_id).status_code


def test_from_a_template_through_an_adjusted_draft_to_the_patient_takes_four_requests(
    scene: Scene, statements: Any
) -> None:
    template_of(scene)
    mild = courses.bridge_of(scene.lead, name="Mild bridge")
    phone, asked = scene.lead.http, 0

    def request(method: str, path: str, **options: Any) -> Any:
        nonlocal asked
        asked += 1
        answer = phone.send(method, path, **options)
        assert answer.status_code in (200, 201), answer.get_json()
        return answer

    (found,) = request("GET", "/v1/templates?q=rotator&scope=clinic").get_json()["items"]
    body = {"patient_id": str(scene.patient.member_id), "starts_on": "today", "publish": False}
    made = request("POST", f"/v1/templates/{found['id']}/apply", json=body)
    plan_id, draft = made.get_json()["plan"]["id"], made.get_json()["draft"]
    assert scene.patient.http.get(f"/v1/plans/{plan_id}/draft").status_code == 404
    assert scene.due() == []
    phases = [to_send(phase) for phase in draft["phases"]]
    phases[0]["items"].append({"exercise_id": str(mild), "dose": {"sets": 2, "reps": 8}, "schedule": courses.DAILY})
    etag = {"If-Match": made.headers["ETag"]}
    saved = request("PUT", f"/v1/plans/{plan_id}/draft", json={"phases": phases}, headers=etag)
    etag = {"If-Match": saved.headers["ETag"]}
    published = request("POST", f"/v1/plans/{plan_id}/draft/publish", json={"effective_on": "today"}, headers=etag)
    assert asked == 4
    assert [each["template"]["version"] for each in published.get_json()["revisions"]] == [1, 1, 1]
    assert [item["exercise"]["name"] for item in scene.due()] == ["Squat", "Mild bridge"]
    assert [item["exercise"]["name"] for item in scene.due("2026-05-20")] == ["Squat", "Bridge"]


def to_send(phase: dict[str, Any]) -> dict[str, Any]:
    """A phase of a draft as it is sent back: without what the server says of its exercises."""
    names = ("exercise_id", "prescription_id", "dose", "schedule", "progression")
    return {**phase, "items": [{name: item[name] for name in names} for item in phase["items"]]}


def test_a_progression_goes_with_its_exercise(scene: Scene) -> None:
    item = an_item(courses.squat_of(scene.lead), progression=PROGRESSION)
    template_id = courses.template(scene.lead, a_phase(0, item))
    draft = apply(scene, template_id, publish=False).get_json()["draft"]
    rule = draft["phases"][0]["items"][0]["progression"]
    assert (rule["after_days"], rule["next_schedule"]) == (7, PROGRESSION["next_schedule"])
    path = f"/v1/plans/{draft['plan_id']}/draft"
    etag = {"If-Match": scene.lead.http.get(path).headers["ETag"]}
    published = scene.lead.http.post(f"{path}/publish", json={}, headers=etag).get_json()
    assert published["revisions"][0]["items"][0]["progression"] == rule


def test_applying_costs_as_many_statements_for_many_exercises_as_for_one(scene: Scene, statements: Any) -> None:
    squat = courses.squat_of(scene.lead)
    costs = {}
    for phases, items in ((1, 1), (1, 40), (4, 1), (4, 40)):
        course = [a_phase(7 * number, *[an_item(squat)] * items) for number in range(phases)]
        template_id = courses.template(scene.lead, *course)
        with statements() as seen:
            assert apply(scene, template_id).status_code == 201
        costs[phases, items] = len(seen)
    assert (costs[1, 1], costs[4, 1]) == (costs[1, 40], costs[4, 40])
    # What each further phase costs: its revision is read to be shown.
    assert costs[4, 1] - costs[1, 1] <= 3 * 2
