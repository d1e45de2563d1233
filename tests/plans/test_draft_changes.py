"""A draft compared with what is in force or planned: told before as the changes are told when it is published."""

from typing import Any

from werkzeug.test import TestResponse

from tests.library.templates import a_phase, an_item
from tests.plans import courses, making
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene, named
from tests.plans.courses import MORE
from tests.plans.making import MadePlan
from tests.world import Person


def ask(person: Person, plan: MadePlan, language: str = "en", **query: str) -> TestResponse:
    path = f"/v1/plans/{plan.id}/draft/changes"
    return person.http.get(path, query_string=query, headers={"Accept-Language": language})


def a_draft(scene: Scene) -> tuple[MadePlan, str]:
    """A squat is in force, a plank with it from 20 May; the draft adds a bridge, and lets it lead from day 10 on."""
    plan, bridge = scene.plan(), courses.bridge_of(scene.lead)
    (squat,) = making.publish(plan, scene.item())
    plank = making.new_item(making.exercise(scene.lead, name="Plank"))
    making.publish(plan, making.carried_item(squat), plank, effective_on="2026-05-20")
    again = making.carried_item(squat)
    saved = courses.save(
        plan,
        None,
        a_phase(0, making.carried_item(squat, dose=MORE), an_item(bridge), name="", note="Mind the knee."),
        a_phase(10, an_item(bridge), making.carried_item(squat, dose=MORE), name="Then"),
        a_phase(20, again, name="Last"),
    )
    assert saved.status_code == 200, saved.get_json()
    return plan, saved.headers["ETag"]


def test_each_phase_tells_what_it_would_change_as_is_told_once_it_is_published(scene: Scene, statements: Any) -> None:
    plan, etag = a_draft(scene)
    with statements() as seen:
        told = ask(scene.lead, plan).get_json()
    # One recognises, one is the record; plan, draft, revisions, their contents, prescriptions, exercises, pictures.
    assert len(seen) == 9
    assert (told["based_on"], told["last_revision"], told["outdated"], told["refused"]) == (2, 2, False, [])
    first, then, last = told["phases"]
    assert (first["effective_on"], first["since"], first["since_phase"]) == (TOMORROW, 1, None)
    assert first["words"] == [
        "Squat: 3 sets of 12 instead of 3 sets of 10",
        "New: Bridge: 3 sets of 10, once a day",
        "Note: Mind the knee.",
    ]
    dose, added, note = first["changes"]
    assert (dose["kind"], dose["fields"], dose["before"]["dose"]["reps"], dose["after"]["dose"]["reps"]) == (
        "dose",
        ["reps"],
        10,
        12,
    )
    assert (added["kind"], added["prescription_id"], added["exercise"], added["before"]) == (
        "added",
        None,
        "Bridge",
        None,
    )
    assert added["after"]["exercise"]["steps"] == ["Bend.", "Stretch."]
    assert (note["kind"], note["after"]["note"]) == ("note", "Mind the knee.")
    assert (then["effective_on"], then["since"], then["since_phase"]) == ("2026-05-17", None, 1)
    (order,) = then["changes"]
    bridge, squat = added["after"]["exercise"]["exercise_id"], dose["prescription_id"]
    assert (order["before"]["order"], order["after"]["order"]) == ([squat, bridge], [bridge, squat])
    # The revision that is planned for 20 May lies between the two phases.
    assert (last["effective_on"], last["since"], last["since_phase"]) == ("2026-05-27", 2, None)
    assert last["words"] == ["No longer: Plank"]

    assert courses.publish(plan, etag).status_code == 201
    for number, phase in zip((3, 4, 5), told["phases"], strict=True):
        path = f"/v1/plans/{plan.id}/revisions/{number}/changes"
        assert scene.lead.http.get(path).get_json()["words"] == phase["words"]
    assert ask(scene.lead, plan).status_code == 404


def test_it_is_asked_for_any_day_and_in_any_language(scene: Scene) -> None:
    plan, _ = a_draft(scene)
    later = ask(scene.lead, plan, "de", effective_on="2026-05-20").get_json()
    assert (later["phases"][0]["effective_on"], later["phases"][0]["since"]) == ("2026-05-20", 2)
    assert (later["language"], later["phases"][0]["words"][-2:]) == (
        "de",
        ["Nicht mehr: Plank", "Hinweis: Mind the knee."],
    )
    assert ask(scene.lead, plan, effective_on="today").get_json()["phases"][0]["effective_on"] == TODAY
    for day, rule in ((YESTERDAY, "before_start"), ("soon", "date"), ("2036-01-01", "range")):
        refused = ask(scene.lead, plan, effective_on=day)
        assert (refused.status_code, named(refused)) == (422, [("/effective_on", rule)])


def test_only_staff_who_may_read_the_plan_see_it_and_what_is_archived_is_named(scene: Scene) -> None:
    plan, _ = a_draft(scene)
    stranger = scene.world.practitioner(scene.lead.clinic_id)
    for person in (scene.patient, stranger, scene.world.patient(scene.lead)):
        assert ask(person, plan).status_code == 404
    bridge = ask(scene.lead, plan).get_json()["phases"][0]["changes"][1]["after"]["exercise"]["exercise_id"]
    etag = {"If-Match": scene.lead.http.get(f"/v1/exercises/{bridge}").headers["ETag"]}
    assert scene.lead.http.post(f"/v1/exercises/{bridge}/archive", headers=etag).status_code == 200
    told = ask(scene.lead, plan).get_json()
    assert [(each["field"], each["rule"]) for each in told["refused"]] == [
        ("/phases/0/items/1/exercise_id", "archived"),
        ("/phases/1/items/0/exercise_id", "archived"),
    ]
    assert told["phases"][0]["words"] == ["Squat: 3 sets of 12 instead of 3 sets of 10", "Note: Mind the knee."]
    empty = scene.plan()
    assert ask(scene.lead, empty).status_code == 404
    assert courses.save(empty, None, a_phase(0), a_phase(7, scene.item())).status_code == 200
    nothing, some = ask(scene.lead, empty).get_json()["phases"]
    assert (nothing["changes"], nothing["since"]) == ([], None)
    assert (some["words"], some["since_phase"]) == (["New: Squat: 3 sets of 10, once a day"], 1)
