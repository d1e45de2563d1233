"""The bundle for weeks without a network: what it holds, when its ETag changes, and what asking costs."""

from datetime import time
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock
from hep_api.plans.models.revisions import PlanRevision, Prescription
from hep_api.plans.queries.offline import get_bundle, offline_for
from hep_api.plans.schemas.offline import OfflineOut
from tests.counting import StatementCounter
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene
from tests.plans.test_due import MIXED
from tests.world import Person

DRAWING: dict[str, Any] = {
    "kind": "drawing",
    "url": "/v1/drawings/abc.svg",
    "content_type": "image/svg+xml",
    "width": 1,
    "height": 1,
    "alt": "Squat",
    "licence": "CC0-1.0",
    "author": "Us",
    "source": "starter",
}
VIDEO: dict[str, Any] = {
    **DRAWING,
    "kind": "video",
    "asset_id": "0190a000-0000-7000-8000-000000000001",
    "clinic_id": "0190a000-0000-7000-8000-000000000002",
    "content_type": "video/mp4",
    "bytes": 1000,
    "sha256": "ab",
    "duration_seconds": 3.5,
    "renditions": ["original", "poster"],
}
GERMAN = {
    "name": "Kniebeuge",
    "summary": "Beugen.",
    "steps": ["Beugen.", "Strecken."],
    "cues": [],
    "mistakes": [],
    "precautions": [],
    "contraindications": [],
}


@pytest.fixture
def told(scene: Scene) -> Scene:
    """A plan with every kind of schedule, whose exercises are written in two languages and drawn."""
    ids = making.publish(scene.plan(), *[scene.item(schedule=schedule) for schedule in MIXED])
    with scene.world.transaction() as session:
        for prescription_id in ids:
            kept = session.get_one(Prescription, (scene.lead.clinic_id, prescription_id))
            kept.exercise = {
                **kept.exercise,
                "language": "en",
                "translations": {"de": GERMAN},
                "media": [VIDEO, DRAWING],
            }
    return scene


def ask(scene: Scene, held: str | None = None, by: Person | None = None, language: str = "en") -> TestResponse:
    person = by or scene.patient
    headers = {"Accept-Language": language, **({"If-None-Match": held} if held else {})}
    return person.http.get(f"/v1/patients/{scene.patient.patient_id}/offline", headers=headers)


def test_the_bundle_holds_two_weeks_worked_out_as_the_calendar_does(told: Scene) -> None:
    bundle = ask(told).get_json()
    shown = told.patient.http.get(f"/v1/patients/{told.patient.patient_id}/calendar").get_json()
    assert (bundle["today"], len(bundle["days"])) == (TODAY, 14)
    assert (bundle["days"], bundle["quotas"]) == (shown["days"], shown["quotas"])
    # Each file once, though five exercises show it.
    drawing, original, poster = bundle["media"]
    assert drawing == {
        "asset_id": None,
        "rendition": "original",
        "content_type": "image/svg+xml",
        "bytes": None,
        "sha256": None,
        "url": "/v1/drawings/abc.svg",
        "expires_at": None,
    }
    known = [(each["asset_id"], each["rendition"], each["content_type"]) for each in (original, poster)]
    assert known == [(VIDEO["asset_id"], "original", "video/mp4"), (VIDEO["asset_id"], "poster", "image/jpeg")]
    assert [(each["bytes"], each["sha256"]) for each in (original, poster)] == [(1000, "ab"), (None, None)]
    assert all(each["url"].startswith("/v1/files/") and each["expires_at"] > TODAY for each in (original, poster))


def test_texts_and_doses_are_in_the_readers_language(told: Scene) -> None:
    german, english = ask(told, language="de-AT, en;q=0.5"), ask(told, language="pt")
    for answer, name, words in (
        (german, "Kniebeuge", "3 Sätze à 10 Wiederholungen, zweimal täglich"),
        (english, "Squat", "3 sets of 10, twice a day"),
    ):
        (plan,) = answer.get_json()["plans"]
        first = plan["prescriptions"][0]
        assert (first["exercise"]["name"], first["exercise"]["media"][1]["alt"]) == (name, name)
        assert first["versions"][0]["in_words"] == words
        assert answer.headers["Vary"] == "Accept-Language"
        assert answer.headers["Content-Language"] == ("de" if name == "Kniebeuge" else "en")
    assert german.headers["ETag"] != english.headers["ETag"]
    assert ask(told, german.headers["ETag"], language="de-AT, en;q=0.5").status_code == 304
    assert ask(told, german.headers["ETag"], language="en").status_code == 200


def test_it_tells_goals_values_and_what_is_to_be_acknowledged_in_as_many_statements(
    told: Scene, statements: StatementCounter
) -> None:
    plan, shown = _plan_of(told)
    assert plan.send("PATCH", "", {"values_and_preferences": "Rather outside."}).status_code == 200
    dog, bend = _goals(told, plan)
    told.patient.http.put(f"/v1/plans/{plan.id}/revisions/1/acknowledgement", json={})
    squat = shown["prescriptions"][0]["id"]
    for sets, on in ((4, TODAY), (5, TOMORROW)):
        making.publish(plan, making.carried_item(squat, dose={"sets": sets, "reps": 10}), effective_on=on)
    phone = told.world.sign_in(told.patient)
    with statements() as seen:
        answer = ask(told, by=phone, language="de")
    assert len(seen) == 5
    bundle = answer.get_json()
    (bundled,) = bundle["plans"]
    assert (bundled["values_and_preferences"], bundled["goals"]) == ("Rather outside.", ["Dog", "Bend"])
    kept = [{name: goal[name] for name in bundled["goals_in_full"][0]} for goal in (dog, bend)]
    assert bundled["goals_in_full"] == kept
    assert (kept[1]["latest_value"], kept[1]["progress"], kept[1]["direction"]) == (75.5, 0.2583, "up")
    assert (kept[0]["state"], kept[0]["outcome_note"]) == ("reached", "At last!")
    path = f"/v1/patients/{told.patient.patient_id}/changes"
    waiting = told.patient.http.get(path, headers={"Accept-Language": "de"}).get_json()["items"]
    assert [(each["number"], each["since"]) for each in bundle["changes_to_acknowledge"]] == [(2, 1), (3, 2)]
    for mine, whole in zip(bundle["changes_to_acknowledge"], waiting, strict=True):
        assert {name: mine[name] for name in ("plan_title", "note", "published_at")} == {
            name: whole[name] for name in ("plan_title", "note", "published_at")
        }
        assert {name: mine[name] for name in ("plan_id", "number", "effective_on", "since", "language")} == {
            name: whole["changes"][name] for name in ("plan_id", "number", "effective_on", "since", "language")
        }
        told_in_both = [{name: each[name] for name in mine["changes"][0]} for each in whole["changes"]["changes"]]
        assert mine["changes"] == told_in_both
    assert bundle["changes_to_acknowledge"][1]["changes"][0]["words"] == (
        "Kniebeuge: 5 Sätze à 10 Wiederholungen statt 4 Sätze à 10 Wiederholungen"
    )
    # It is what the patient sees, whoever asks: of rules for the next dose nothing is said.
    assert (
        ask(told, by=told.lead, language="de").get_json()["changes_to_acknowledge"]
        == (bundle["changes_to_acknowledge"])
    )
    told.patient.http.put(f"/v1/plans/{plan.id}/revisions/3/acknowledgement", json={})
    assert ask(told).get_json()["changes_to_acknowledge"] == []


def test_each_plan_names_the_phase_that_holds_and_those_ahead_with_what_is_said_of_them(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-05-01")
    for day, note in (
        ("2026-05-01", "Past."),
        (TODAY, "Replaced."),
        ("2026-06-01", "Replaced too."),
        (TODAY, "Stop at pain above 4."),
        ("2026-06-01", "From now on with weights."),
    ):
        making.publish(plan, scene.item(), effective_on=day, note=note)
    with scene.world.transaction() as session:
        fifth = update(PlanRevision).where(PlanRevision.plan_id == plan.id, PlanRevision.number == 5)
        session.execute(fifth.values(phase_name="Strength"))
    (told,) = ask(scene).get_json()["plans"]
    assert told["phases"] == [
        {"number": 4, "effective_on": TODAY, "phase_name": "", "note": "Stop at pain above 4."},
        {"number": 5, "effective_on": "2026-06-01", "phase_name": "Strength", "note": "From now on with weights."},
    ]


def _goals(scene: Scene, plan: making.MadePlan) -> list[dict[str, Any]]:
    """A goal in words that is reached, one that is measured, and one that was withdrawn; as the door tells the first
    two.
    """
    path = f"/v1/plans/{plan.id}/goals"
    measured = {"measure": "Knee bend", "unit": "degrees", "start_value": 60, "target_value": 120}
    sent = ({"text": "Dog"}, {"text": "Bend", **measured, "target_on": "2026-06-01"}, {"text": "Run"})
    dog, bend, run = (plan.by.http.post(path, json=goal).get_json() for goal in sent)
    for value in (60, 75.5):
        scene.patient.http.post(f"{path}/{bend['id']}/values", json={"value": value})
    for goal, state, note in ((dog, "reached", "At last!"), (run, "withdrawn", "No more.")):
        tag = {"If-Match": f'"{goal["id"]}-1"'}
        settled = plan.by.http.put(f"{path}/{goal['id']}/outcome", json={"state": state, "note": note}, headers=tag)
        assert settled.status_code == 200, settled.get_json()
    items: list[dict[str, Any]] = scene.patient.http.get(path).get_json()["items"]
    return items[:2]


def test_the_bytes_are_what_the_schema_gives(told: Scene) -> None:
    _goals(told, _plan_of(told)[0])
    with told.world.app.app_context(), told.world.transaction() as session:
        asked = offline_for(session, told.patient.viewer, told.patient.patient_id, ("en",), clock.now())
        bundle = get_bundle(session, asked, clock.now())
    assert orjson.loads(told.world.app.json.dumps(OfflineOut().dump(bundle))) == ask(told).get_json()


def test_the_tag_changes_with_what_is_shown_and_with_nothing_else(told: Scene, noon: Any) -> None:
    whole = ask(told)
    held, first = whole.headers["ETag"], whole.get_json()["media"][1]
    other = told.world.patient(told.lead)
    making.publish(making.start(told.lead, other), told.item())
    noon.move_to("2026-05-06T21:00:00+00:00")
    told.patient.http.get(f"/v1/patients/{told.patient.patient_id}/plans")
    evening = told.world.sign_in(told.patient)
    assert ask(told, by=evening).get_json()["media"][1] != first, "signed anew, which is no change"
    again = ask(told, held, evening)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", held)
    assert "Content-Type" not in again.headers

    for change in (_pause, _publish, _zone, _day_starts_at, _readable_days, _tomorrow):
        change(told, noon)
        phone = told.world.sign_in(told.patient)
        answer = ask(told, held, phone)
        assert (answer.status_code, answer.headers["ETag"] == held) == (200, False), change.__name__
        held = answer.headers["ETag"]
        assert ask(told, held, phone).status_code == 304


def _plan_of(scene: Scene) -> tuple[making.MadePlan, dict[str, Any]]:
    lead = scene.world.sign_in(scene.lead)
    (plan,) = (
        scene.world.sign_in(scene.patient)
        .http.get(f"/v1/patients/{scene.patient.patient_id}/offline")
        .get_json()["plans"]
    )
    etag = lead.http.get(f"/v1/plans/{plan['id']}").headers["ETag"]
    return making.MadePlan(lead, UUID(plan["id"]), etag, plan), plan


def _pause(scene: Scene, _: Any) -> None:
    plan, _told = _plan_of(scene)
    sent = {"from": TOMORROW, "to": "2026-05-09", "reason": "Away."}
    assert plan.send("POST", "/pauses", sent).status_code == 201


def _publish(scene: Scene, _: Any) -> None:
    plan, shown = _plan_of(scene)
    making.publish(plan, making.carried_item(shown["prescriptions"][0]["id"]), effective_on=TOMORROW)


def _zone(scene: Scene, _: Any) -> None:
    _set(scene, zone="Europe/Lisbon")


def _day_starts_at(scene: Scene, _: Any) -> None:
    _set(scene, day_starts_at=time(4))


def _set(scene: Scene, **values: Any) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Patient).where(Patient.id == scene.patient.patient_id).values(**values))


def _readable_days(scene: Scene, _: Any) -> None:
    with scene.world.transaction() as session:
        chosen = update(Clinic).where(Clinic.id == scene.lead.clinic_id)
        session.execute(chosen.values(ended_plan_readable_days=30))


def _tomorrow(_: Scene, noon: Any) -> None:
    noon.move_to("2026-05-07T10:00:00+00:00")


def test_304_is_only_for_those_who_may_read_it(told: Scene) -> None:
    held = ask(told).headers["ETag"]
    stranger = told.world.practitioner(told.lead.clinic_id)
    for person in (stranger, told.world.patient(told.lead), told.world.patient(stranger)):
        assert ask(told, held, person).status_code == 404
    assert ask(told, held, told.lead).status_code == 200
    assert ask(told, ask(told, by=told.lead).headers["ETag"], told.lead).status_code == 304


def test_304_costs_one_statement_beside_the_sign_in_and_the_record(told: Scene, statements: StatementCounter) -> None:
    held = ask(told).headers["ETag"]
    phone = told.world.sign_in(told.patient)
    with statements() as seen:
        assert ask(told, held, phone).status_code == 304
    assert len(seen) == 3
