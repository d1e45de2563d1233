"""Check-ins: questions are written, asked at once or by rule, and answered; from a phone that was offline, too."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from hep_api.adherence.models.days import PrescriptionDay
from hep_api.clinics.models import Patient
from hep_api.foundation.jobs import work
from hep_api.foundation.jobs.models import Job
from hep_api.messaging.actions.check_in_rules import ASK_DUE, tend
from hep_api.messaging.jobs import check_ins as jobs
from hep_api.messaging.models.check_ins import CheckIn, CheckInOutlook
from tests.messaging.conftest import Scene, named
from tests.plans import making
from tests.world import World

KNEE = {
    "key": "knee", "kind": "scale", "least": 0, "most": 10,
    "text": {"en": "How was your knee this week?", "de": "Wie war Ihr Knie diese Woche?"},
    "least_label": {"en": "bad"}, "most_label": {"en": "fine"},
}  # fmt: skip
SLEEP = {"key": "sleep", "kind": "yes_no", "text": {"en": "Did you sleep well?"}, "required": False}
WHERE = {
    "key": "where", "kind": "choices", "text": {"en": "Where does it hurt?"}, "required": False,
    "choices": [{"key": "front", "label": {"en": "In front"}}, {"key": "back", "label": {"en": "Behind"}}],
}  # fmt: skip
WORDS = {"key": "words", "kind": "text", "text": {"en": "Anything else?"}, "required": False}
TITLE = {"en": "Your knee", "de": "Ihr Knie"}
TEMPLATE: dict[str, Any] = {"title": TITLE, "questions": [KNEE, SLEEP, WHERE, WORDS]}


def a_template(scene: Scene, **more: Any) -> str:
    added = scene.lead.http.post("/v1/check-in-templates", json={**TEMPLATE, **more})
    assert added.status_code == 201, added.json
    return str(added.json["id"])


def of_patient(scene: Scene, rest: str = "") -> str:
    return f"/v1/patients/{scene.patient.patient_id}/check-ins{rest}"


def ask(scene: Scene, **more: Any) -> dict[str, Any]:
    asked = scene.lead.http.post(of_patient(scene), json={"template_id": a_template(scene), **more})
    assert asked.status_code == 201, asked.json
    found: dict[str, Any] = asked.json
    return found


def answer(scene: Scene, check_in: dict[str, Any], *said: tuple[str, Any], **more: Any) -> TestResponse:
    body = {
        "id": str(uuid4()),
        "answered_at": datetime.now(UTC).isoformat(),
        "answers": [{"question": key, "value": value} for key, value in said],
        **more,
    }
    return scene.patient.http.post(f"/v1/check-ins/{check_in['id']}/answer", json=body)


def test_questions_are_asked_now_and_answered_once_as_data(scene: Scene) -> None:
    check_in = ask(scene, id=str(uuid4()))
    again = scene.lead.http.post(of_patient(scene), json={"id": check_in["id"], "template_id": check_in["template_id"]})
    assert again.json == check_in
    [message] = scene.read(scene.patient)["items"]
    assert (message["kind"], message["sender_id"], message["body"], message["seq"]) == (
        "check_in", None, "Your knee", check_in["seq"]
    )  # fmt: skip
    card = {"type": "check_in", "check_in_id": check_in["id"], "template_id": check_in["template_id"], "version": 1}
    assert message["card"] == card
    german = {"Accept-Language": "de"}
    [listed] = scene.patient.http.get(of_patient(scene, "?state=sent"), headers=german).json["items"]
    assert (listed["title"], listed["questions"][0]["text"], listed["questions"][1]["text"]) == (
        "Ihr Knie", KNEE["text"]["de"], SLEEP["text"]["en"]
    )  # fmt: skip

    said = [("words", "Stairs hurt."), ("knee", 7), ("where", ["back", "front"]), ("sleep", True)]
    given = {"id": str(uuid4()), "answered_at": datetime.now(making.BERLIN).isoformat(timespec="seconds")}
    first = answer(scene, check_in, *said, **given)
    assert (first.status_code, first.json["state"]) == (200, "answered"), first.json
    # In the order of the questions, typed, at the time as the phone had it.
    kept = first.json["answer"]
    assert [(each["question"], each["value"]) for each in kept["answers"]] == [
        ("knee", 7), ("sleep", True), ("where", ["back", "front"]), ("words", "Stairs hurt.")
    ]  # fmt: skip
    assert kept["answered_at"] == given["answered_at"]
    assert answer(scene, check_in, *said, **given).json == first.json
    other = answer(scene, check_in, ("knee", 8), **given)
    assert named(other) == (409, "conflict", [("/id", "used")])
    assert named(answer(scene, check_in, ("knee", 8))) == (409, "conflict", [("/revision", "answered")])
    assert named(answer(scene, check_in, ("knee", 8), revision=3)) == (409, "conflict", [("/revision", "gap")])

    corrected = answer(scene, check_in, ("knee", 3), ("sleep", False), revision=2)
    assert corrected.json["earlier_answers"] == [kept]
    assert scene.lead.http.get(f"/v1/check-ins/{check_in['id']}").json == corrected.json
    [series, other] = scene.lead.http.get(of_patient(scene, "/series")).json["items"]
    assert (series["question"], series["most"], [point["value"] for point in series["points"]]) == ("knee", 10, [3])
    assert (other["question"], other["kind"], [point["value"] for point in other["points"]]) == ("sleep", "yes_no", [0])
    assert scene.lead.http.get(of_patient(scene, "/series?from=2030-01-01")).json["items"] == []


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([("knee", 11)], ("/answers/0/value", "range")),
        ([("knee", 7.5)], ("/answers/0/value", "type")),
        ([("knee", "7")], ("/answers/0/value", "type")),
        ([("knee", True)], ("/answers/0/value", "type")),
        ([("knee", None)], ("/answers/0/value", "null")),
        ([("knee", 7), ("sleep", "yes")], ("/answers/1/value", "type")),
        ([("knee", 7), ("where", ["side"])], ("/answers/1/value/0", "choice")),
        ([("knee", 7), ("where", ["back", "back"])], ("/answers/1/value", "choice")),
        ([("knee", 7), ("where", "back")], ("/answers/1/value", "type")),
        ([("knee", 7), ("words", "a\x00b")], ("/answers/1/value", "text")),
        ([("knee", 7), ("words", "x" * 2001)], ("/answers/1/value", "length")),
        ([("knee", 7), ("knee", 7)], ("/answers/1/question", "repeated")),
        ([("knee", 7), ("hip", 7)], ("/answers/1/question", "unknown_question")),
        ([("knee", 7), ("words", {"a": 1})], ("/answers/1/value", "type")),
        ([("sleep", True)], ("/answers", "required")),
        ([], ("/answers", "required")),
    ],
)
def test_an_answer_that_does_not_suit_is_named(asked: tuple[Scene, Any], said: Any, error: tuple[str, str]) -> None:
    assert named(answer(*asked, *said)) == (422, "invalid_input", [error])


@pytest.fixture(scope="module")
def asked(app: Any) -> tuple[Scene, dict[str, Any]]:
    """A check-in that nobody answers well."""
    from tests.messaging.conftest import make_scene

    scene = make_scene(World(app))
    return scene, ask(scene)


def test_an_answer_counts_by_when_it_was_given_and_not_by_when_it_came(asked: tuple[Scene, dict[str, Any]]) -> None:
    scene, _ = asked
    check_in = ask(scene)
    sent = datetime.fromisoformat(check_in["sent_at"])
    too_early = answer(scene, check_in, ("knee", 1), answered_at=(sent - timedelta(hours=27)).isoformat())
    assert named(too_early) == (422, "invalid_input", [("/answered_at", "range")])
    ahead = answer(scene, check_in, ("knee", 1), answered_at=(sent + timedelta(days=2)).isoformat())
    assert named(ahead) == (422, "invalid_input", [("/answered_at", "range")])
    with time_machine.travel(sent + timedelta(days=20), tick=False):
        phone = scene.world.sign_in(scene.patient).http
        path = f"/v1/check-ins/{check_in['id']}"
        assert phone.get(path).json["state"] == "expired"
        body = {"id": str(uuid4()), "answers": [{"question": "knee", "value": 1}]}
        late = phone.post(f"{path}/answer", json={**body, "answered_at": (sent + timedelta(days=8)).isoformat()})
        assert named(late) == (409, "conflict", [("/answered_at", "expired")])
        offline = phone.post(f"{path}/answer", json={**body, "answered_at": (sent + timedelta(days=6)).isoformat()})
        assert (offline.status_code, offline.json["state"]) == (200, "answered"), offline.json


def test_what_was_asked_stays_when_the_template_changes_and_a_key_keeps_its_meaning(scene: Scene) -> None:
    check_in = ask(scene)
    path = f"/v1/check-in-templates/{check_in['template_id']}"

    def change(questions: list[dict[str, Any]]) -> TestResponse:
        tag = {"If-Match": scene.lead.http.get(path).headers["ETag"]}
        return scene.lead.http.put(path, json={**TEMPLATE, "questions": questions}, headers=tag)

    assert change([{**KNEE, "text": {"en": "And now?"}}]).json["version"] == 2
    assert named(change([{**KNEE, "most": 5}]))[2] == [("/questions/0/most", "key_in_use")]
    # Not even after it was left out for a while.
    assert change([SLEEP]).json["version"] == 3
    assert named(change([{**WORDS, "key": "knee"}]))[2] == [
        ("/questions/0/kind", "key_in_use"),
    ]
    old = scene.lead.http.get(f"{path}/versions/1").json
    assert [question["key"] for question in old["questions"]] == ["knee", "sleep", "where", "words"]
    given = answer(scene, check_in, ("knee", 7))
    assert (given.status_code, given.json["version"], given.json["questions"][0]["text"]) == (
        200,
        1,
        KNEE["text"]["en"],
    )
    assert scene.lead.http.post(f"{path}/archive").status_code == 200
    refused = scene.lead.http.post(of_patient(scene), json={"template_id": check_in["template_id"]})
    assert named(refused) == (422, "invalid_input", [("/template_id", "archived")])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"questions": []}, ("/questions", "length")),
        ({"questions": [{**KNEE, "least": None}]}, ("/questions/0/least", "required")),
        ({"questions": [{**KNEE, "most": 0}]}, ("/questions/0/most", "range")),
        ({"questions": [{**WHERE, "choices": []}]}, ("/questions/0/choices", "length")),
        ({"questions": [{**SLEEP, "choices": WHERE["choices"]}]}, ("/questions/0/choices", "kind")),
        ({"questions": [{**SLEEP, "most": 1}]}, ("/questions/0/kind", "kind")),
        ({"questions": [SLEEP, SLEEP]}, ("/questions/1/key", "repeated")),
        ({"questions": [{**SLEEP, "key": "Sleep?"}]}, ("/questions/0/key", "key")),
        ({"questions": [{**SLEEP, "text": {"de": "Gut geschlafen?"}}]}, ("/questions/0/text/en", "required")),
        ({"title": {"de": "Knie"}}, ("/title/en", "required")),
        ({"language": "de"}, ("/questions/1/text/de", "required")),
    ],
)
def test_what_makes_no_template_is_named(asked: tuple[Scene, Any], change: Any, error: tuple[str, str]) -> None:
    problem = named(asked[0].lead.http.post("/v1/check-in-templates", json={**TEMPLATE, **change}))
    assert problem[:2] == (422, "invalid_input")
    assert error in problem[2]


def rule(scene: Scene, **said: Any) -> dict[str, Any]:
    body = {"template_id": a_template(scene), **said}
    made = scene.lead.http.post(f"/v1/patients/{scene.patient.patient_id}/check-in-rules", json=body)
    assert made.status_code == 201, made.json
    found: dict[str, Any] = made.json
    return found


def work_off(scene: Scene) -> None:
    """Run the jobs that are due, as a worker would."""
    with scene.world.app.app_context():
        work.run_due_jobs()


def dates_asked(scene: Scene) -> list[tuple[str, str]]:
    with scene.world.transaction() as session:
        of_patient = CheckIn.patient_id == scene.patient.patient_id
        rows = session.execute(select(CheckIn.due_on, CheckIn.state).where(of_patient).order_by(CheckIn.due_on)).all()
    return [(row.due_on.isoformat(), row.state.value) for row in rows]


def at(days: int, hour: int = 18) -> datetime:
    """Return an hour in Berlin so many days from today."""
    return datetime.fromisoformat(f"{making.in_days(days)}T{hour:02}:00:30").replace(tzinfo=making.BERLIN)


def test_rules_ask_by_themselves_each_date_once_late_for_a_day_and_never_in_a_pause(scene: Scene) -> None:
    plan = making.start(scene.lead, scene.patient)
    rule(scene, kind="after_start", days=2)
    weekday = making.today().strftime("%a").lower()
    weekly = rule(scene, kind="weekly", weekday=weekday, **{"from": making.in_days(1)})
    paused = {"from": making.in_days(14), "to": making.in_days(15), "reason": "Away."}
    assert plan.send("POST", "/pauses", paused).status_code == 201
    work_off(scene)
    assert dates_asked(scene) == []
    for days, hour in ((2, 17), (2, 18), (2, 19), (7, 19), (14, 18), (23, 9), (28, 18)):
        with time_machine.travel(at(days, hour), tick=False):
            for _ in range(2):
                work_off(scene)
    # Nobody was at work from the 14th day's evening to the 23rd: the 21st is noted, and not asked any more.
    wanted = [(2, "sent"), (7, "sent"), (21, "skipped"), (28, "sent")]
    assert dates_asked(scene) == [(making.in_days(day), state) for day, state in wanted]
    assert [message["kind"] for message in scene.read(scene.patient)["items"]] == ["check_in"] * 3
    stop = f"/v1/patients/{scene.patient.patient_id}/check-in-rules/{weekly['id']}"
    assert scene.lead.http.delete(stop).status_code == scene.lead.http.delete(stop).status_code == 204
    rules = scene.patient.http.get(f"/v1/patients/{scene.patient.patient_id}/check-in-rules").json["items"]
    assert [(each["kind"], each["days"], each["at"]) for each in rules] == [("after_start", 2, "18:00")]


def test_a_rule_of_the_clinic_asks_everybody_whose_plan_runs_and_who_gets_one(scene: Scene) -> None:
    manager = scene.world.manager(scene.lead.clinic_id)
    making.start(scene.lead, scene.patient)
    newcomer = scene.world.patient(scene.lead)
    body = {"id": str(uuid4()), "template_id": a_template(scene), "kind": "after_start", "days": 1, "at": "09:30"}
    made, again = (manager.http.post("/v1/check-in-rules", json=body) for _ in range(2))
    assert (made.status_code, again.json) == (201, made.json), made.json
    assert named(manager.http.post("/v1/check-in-rules", json={**body, "days": 2}))[2] == [("/id", "used")]
    assert scene.lead.http.post("/v1/check-in-rules", json=body).status_code == 403
    making.start(scene.lead, newcomer)
    work_off(scene)
    with time_machine.travel(at(1, 10), tick=False):
        work_off(scene)
    with scene.world.transaction() as session:
        asked = session.scalars(select(CheckIn.patient_id).where(CheckIn.rule_id == UUID(made.json["id"]))).all()
    assert sorted(asked) == sorted([scene.patient.patient_id, newcomer.patient_id])


def test_three_missed_days_are_asked_about_once_and_anew_after_something_was_done(scene: Scene) -> None:
    making.running_plan(scene.lead, scene.patient)
    rule(scene, kind="missed_days", days=3)
    work_off(scene)
    for days in (2, 3, 4, 7):
        with time_machine.travel(at(days, 18), tick=False):
            work_off(scene)
    assert dates_asked(scene) == [(making.in_days(3), "sent")]
    # What a phone would report a week from now, as it is counted.
    with scene.world.transaction() as session:
        counted = PrescriptionDay.patient_id == scene.patient.patient_id
        on_day = counted & (PrescriptionDay.day == making.today() + timedelta(days=7))
        session.execute(update(PrescriptionDay).where(on_day).values(entries=1, completed=1, done=1))
    for days in (10, 11, 12):
        with time_machine.travel(at(days, 18), tick=False):
            work_off(scene)
    assert dates_asked(scene) == [(making.in_days(3), "sent"), (making.in_days(11), "sent")]


def test_no_rule_asks_after_the_plan_or_the_conversation_has_ended_or_whose_access_has(scene: Scene) -> None:
    weekday = making.today().strftime("%a").lower()
    plan = making.start(scene.lead, scene.patient)
    rule(scene, kind="weekly", weekday=weekday, **{"from": making.in_days(1)})
    work_off(scene)
    assert plan.send("POST", "/end", {"discharge_reason": "goals_met"}).status_code == 200
    with time_machine.travel(at(7), tick=False):
        work_off(scene)
    assert dates_asked(scene) == []


def test_a_patient_who_moves_is_asked_by_the_new_clock(scene: Scene) -> None:
    making.start(scene.lead, scene.patient)
    rule(scene, kind="after_start", days=1)
    work_off(scene)
    path = f"/v1/patients/{scene.patient.patient_id}"
    tag = {"If-Match": scene.patient.http.get(path).headers["ETag"]}
    assert scene.patient.http.patch(path, json={"zone": "Asia/Tokyo"}, headers=tag).status_code == 200
    # 18:00 in Tokyo is at most 10:00 in Berlin.
    with time_machine.travel(at(1, 11), tick=False):
        work_off(scene)
    assert len(dates_asked(scene)) == 1


def test_two_workers_and_a_killed_one_ask_nobody_twice(scene: Scene, statements: Any) -> None:
    making.start(scene.lead, scene.patient)
    clinic_id = scene.lead.clinic_id
    for _ in range(3):
        rule(scene, kind="after_start", days=1)
    work_off(scene)
    payload = {"clinic_id": str(clinic_id)}
    with scene.world.app.app_context():
        with contextlib.suppress(ZeroDivisionError), scene.world.transaction() as session:
            # Killed before its commit: nothing of it is left.
            jobs.ask_due_check_ins(session, payload, at(1))
            raise ZeroDivisionError
        assert dates_asked(scene) == []
        with scene.world.transaction() as session:
            session.execute(delete(Job).where(Job.kind == ASK_DUE, Job.clinic_id == clinic_id))
        with scene.world.transaction() as first:
            jobs.ask_due_check_ins(first, payload, at(1))
            with scene.world.transaction() as second:
                # The other one's rows are locked: they are passed over, and looked for again a little later.
                jobs.ask_due_check_ins(second, payload, at(1))
                jobs_of_clinic = select(Job.run_at).where(Job.kind == ASK_DUE, Job.clinic_id == clinic_id)
                waiting = second.scalars(jobs_of_clinic.where(Job.attempts == 0)).all()
        assert (len(dates_asked(scene)), at(1) + timedelta(seconds=5) in waiting) == (3, True)
        with scene.world.transaction() as session:
            jobs.ask_due_check_ins(session, payload, at(1))
            looks = session.scalars(select(CheckInOutlook.look_at).where(CheckInOutlook.clinic_id == clinic_id)).all()
    assert (len(dates_asked(scene)), looks) == (3, [None] * 3)


def test_a_rule_that_was_stopped_while_somebody_came_in_asks_nobody(scene: Scene) -> None:
    manager, clinic_id = scene.world.manager(scene.lead.clinic_id), scene.lead.clinic_id
    making.start(scene.lead, scene.patient)
    body = {"template_id": a_template(scene), "kind": "after_start", "days": 1}
    stopped, stands = (manager.http.post("/v1/check-in-rules", json=body).json["id"] for _ in range(2))
    of_clinic = CheckInOutlook.clinic_id == clinic_id
    with scene.world.transaction() as session:
        session.execute(delete(CheckInOutlook).where(of_clinic))
    with scene.world.transaction() as late:
        # It sees the rule stand, and who stops the rule does not see what it adds.
        tend(late, clinic_id, at(0))
        assert manager.http.delete(f"/v1/check-in-rules/{stopped}").status_code == 204
    with scene.world.transaction() as session:
        left = session.scalars(select(CheckInOutlook.rule_id).where(of_clinic)).all()
        assert sorted(map(str, left)) == sorted([stopped, stands])
        jobs.ask_due_check_ins(session, {"clinic_id": str(clinic_id)}, at(1))
        asked = session.scalars(select(CheckIn.rule_id).where(CheckIn.clinic_id == clinic_id)).all()
        left = session.scalars(select(CheckInOutlook.rule_id).where(of_clinic)).all()
        assert [str(each) for each in (*asked, *left)] == [stands, stands]


def test_a_patient_whose_zone_nobody_knows_is_put_off_and_keeps_nobody_waiting(scene: Scene) -> None:
    manager, clinic_id = scene.world.manager(scene.lead.clinic_id), scene.lead.clinic_id
    other = scene.world.patient(scene.lead)
    for patient in (scene.patient, other):
        making.start(scene.lead, patient)
    for said in ({"kind": "after_start", "days": 1}, {"kind": "missed_days", "days": 3}):
        body = {"template_id": a_template(scene), **said}
        assert manager.http.post("/v1/check-in-rules", json=body).status_code == 201
    lost = Patient.id == scene.patient.patient_id
    with scene.world.transaction() as session:
        zone = session.scalar(select(Patient.zone).where(lost))
        session.execute(update(Patient).where(lost).values(zone="Europe/Atlantis"))
        jobs.ask_due_check_ins(session, {"clinic_id": str(clinic_id)}, at(1))
        asked = session.scalars(select(CheckIn.patient_id).where(CheckIn.clinic_id == clinic_id)).all()
        looks = select(CheckInOutlook.look_at).where(CheckInOutlook.patient_id == scene.patient.patient_id)
        assert (asked, session.scalars(looks).all()) == ([other.patient_id], [at(1) + timedelta(hours=1)] * 2)
        # Once the zone is known again, what was put off is asked.
        session.execute(update(Patient).where(lost).values(zone=zone))
        jobs.ask_due_check_ins(session, {"clinic_id": str(clinic_id)}, at(1, 20))
        asked = session.scalars(select(CheckIn.patient_id).where(CheckIn.clinic_id == clinic_id)).all()
    assert sorted(asked) == sorted([scene.patient.patient_id, other.patient_id])
