"""Pages of a pull: how large they are and what they cost, which cursors are good, and who may ask."""

import base64
import json
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, text, update

from hep_api.adherence.models.events import AdherenceEvent
from hep_api.clinics.models import CareTeamPlace
from hep_api.plans.models.changes import NumberedChange
from hep_api.plans.models.states import PlanState
from tests.adherence.conftest import Scene, begin, event
from tests.counting import StatementCounter
from tests.plans import making
from tests.plans.conftest import named
from tests.sync.conftest import DAILY
from tests.sync.phones import PullingPhone, is_whole

# Recognise; the patient; what changed; plans, their versions, pauses, revisions, acknowledgements; events; the record.
MOST_STATEMENTS = 10


def test_a_page_costs_the_same_however_much_it_holds_and_next_to_nothing_when_nothing_changed(
    scene: Scene, phone: PullingPhone, statements: StatementCounter
) -> None:
    scene.plan.send("POST", "/pauses", {"from": "2026-06-01", "to": "2026-06-03", "reason": "Away."})
    scene.patient.http.put(f"/v1/plans/{scene.plan.id}/revisions/1/acknowledgement", json={})
    with statements() as small:
        phone.pull()
    for day in range(10, 16):
        span = {"from": f"2026-07-{day}", "to": f"2026-07-{day + 1}", "reason": "Away."}
        scene.plan.send("POST", "/pauses", span)
    for title in ("Hip", "Neck"):
        plan = making.start(scene.lead, scene.patient, title=title, goals=["Walk", "Run"])
        making.publish(plan, making.new_item(making.exercise(scene.lead)))
    scene.upload(*[event(scene.daily) for _ in range(50)])
    fresh = PullingPhone(scene.patient, scene.patient)
    with statements() as large:
        fresh.pull()
    with statements() as nothing:
        assert fresh.pull() == {}
    assert (len(small), len(large), len(nothing)) == (MOST_STATEMENTS, MOST_STATEMENTS, 3), large


def test_pages_are_cut_by_the_limit_and_hold_few_plans_and_add_up_to_the_same(
    scene: Scene, phone: PullingPhone
) -> None:
    for number in range(12):
        making.start(scene.lead, scene.patient, title=f"Plan {number}", goals=["Walk"])
    phone.limit = 500
    phone.pull()
    assert [len(page["plans"]) for page in phone.pages] == [10, 3]
    assert [len(page["events"]) for page in phone.pages] == [0, 6]
    by_fours = PullingPhone(scene.patient, scene.patient, limit=4)
    by_fours.pull()
    sizes = [sum(len(page[kind]) for kind in ("plans", "revisions", "goals", "events")) for page in by_fours.pages]
    assert sizes == [4] * 8 + [1]
    assert by_fours.kept == phone.kept
    assert is_whole(phone)
    for limit in (0, 501, "x"):
        answer = scene.patient.http.get(f"/v1/patients/{scene.patient.patient_id}/sync?limit={limit}")
        assert (answer.status_code, named(answer)[0][0]) == (422, "/limit")


def test_a_cursor_of_another_patient_or_a_damaged_one_is_refused_and_starting_anew_is_not(
    scene: Scene, phone: PullingPhone
) -> None:
    other = begin(scene.world, scene.lead, scene.world.patient(scene.lead), DAILY)
    others = PullingPhone(other.patient, other.patient)
    others.pull()
    phone.pull()
    assert phone.cursor is not None
    own = json.loads(base64.urlsafe_b64decode(phone.cursor + "=="))
    bad: list[Any] = [others.cursor, "", "x", "é", phone.cursor[:-3], phone.cursor[3:], "eyJhIjoxfQ", "W10"]
    for place, value in enumerate([2, "x", 7, -1, -1, -1, 5, 5, 5, "no day", 0]):
        bad.append(_encoded([*own[:place], value, *own[place + 1 :]]))
    bad += [_encoded([*own, 1]), _encoded([*own[:3], 2**63, *own[4:]]), _encoded({"a": own})]
    for cursor in bad:
        answer = phone.ask(cursor)
        assert (answer.status_code, named(answer)[0][0]) == (422, "/cursor"), cursor
    assert phone.pull() == {}
    # Whoever had to drop it starts without one, and forgets what it had by doing what the answer says.
    phone.cursor, phone.kept["plans"]["old"] = None, {"id": "old"}
    assert phone.pull()["reset"] == 1
    assert is_whole(phone)


def test_who_does_not_see_the_patient_gets_nothing_even_with_the_patients_cursor(
    scene: Scene, phone: PullingPhone
) -> None:
    phone.pull()
    world, clinic_id = scene.world, scene.lead.clinic_id
    second = world.practitioner(clinic_id)
    world.join_care_team(scene.patient, second)
    joined = PullingPhone(scene.patient, second)
    assert joined.ask(phone.cursor).status_code == 200
    with world.transaction() as session:
        places = update(CareTeamPlace).where(CareTeamPlace.member_id == second.member_id)
        session.execute(places.values(left_at=datetime.now(UTC)))
    strangers = (second, world.practitioner(clinic_id), world.patient(scene.lead), world.manager(clinic_id))
    for stranger in (*strangers, world.practitioner(world.clinic())):
        answers = [PullingPhone(scene.patient, stranger).ask(cursor) for cursor in (None, phone.cursor, "x")]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert str(scene.plan.id) not in answers[1].get_data(as_text=True)


def test_after_a_restored_backup_a_phone_begins_anew_whichever_side_went_back(
    scene: Scene, phone: PullingPhone
) -> None:
    event_of, state_of, change_of = (
        model.patient_id == scene.patient.patient_id for model in (AdherenceEvent, PlanState, NumberedChange)
    )
    phone.pull()
    with scene.world.transaction() as session:
        changes = [dict(row) for row in session.execute(select(NumberedChange.__table__).where(change_of)).mappings()]
        counted = session.scalar(select(PlanState.changes).where(state_of))
    scene.plan.send("PATCH", "", {"title": "Knee"})
    newest = event_of & (AdherenceEvent.seq == select(func.max(AdherenceEvent.seq)).where(event_of).scalar_subquery())
    another = uuid4()
    restores: dict[str, tuple[Any, ...]] = {
        "the newest change is gone": (
            delete(NumberedChange).where(change_of),
            insert(NumberedChange).values(changes),
            update(PlanState).where(state_of).values(changes=counted),
        ),
        "the newest event is gone": (delete(AdherenceEvent).where(newest),),
        "another event has its number": (update(AdherenceEvent).where(newest).values(id=another, entry_id=another),),
        # Before the phone asked again, others took the number of what it had.
        "an event is gone that is not the newest": (delete(AdherenceEvent).where(newest),),
    }
    for name, statements in restores.items():
        phone.pull()
        assert phone.pull() == {}, name
        with scene.world.transaction() as session:
            for statement in statements:
                session.execute(statement)
        if name.startswith("an event"):
            scene.upload(event(scene.daily), event(scene.daily))
        assert phone.pull()["reset"] == 1, name
        assert is_whole(phone), name
    told = scene.world.app.test_cli_runner().invoke(args=["sync", "begin-anew"])
    assert (told.exit_code, phone.pull()["reset"], phone.pull()) == (0, 1, {})


def test_another_language_brings_the_plans_again_and_a_phone_without_plans_begins_once(
    scene: Scene, phone: PullingPhone
) -> None:
    phone.pull()
    phone.language = "de"
    assert phone.pull() == {"plans": 1, "revisions": 2}
    (plan,) = phone.kept["plans"].values()
    assert plan["prescriptions"][0]["versions"][0]["in_words"] == "3 Sätze à 10 Wiederholungen, einmal täglich"
    assert phone.pull() == {}
    newcomer = scene.world.patient(scene.lead)
    early = PullingPhone(newcomer, newcomer)
    assert early.pull() == {"settings": 1, "reset": 1}
    making.start(scene.lead, newcomer)
    assert early.pull() == {"plans": 1}


def test_what_was_there_before_changes_were_numbered_is_numbered_by_the_migration(
    scene: Scene, phone: PullingPhone
) -> None:
    """The statements of the migration, on a patient whose numbers are taken away."""
    migration = import_module("migrations.versions.0027_plan_changes")
    plan = scene.plan
    gone, stays = (
        plan.send("POST", "/pauses", {"from": f"2026-0{month}-01", "to": f"2026-0{month}-03", "reason": "Away."})
        for month in (6, 7)
    )
    plan.send("PATCH", f"/pauses/{gone.get_json()['id']}", {"withdrawn": True, "reason": "Stays."})
    plan.send("PATCH", f"/pauses/{stays.get_json()['id']}", {"to": "2026-07-05", "reason": "Longer."})
    making.start(scene.lead, scene.patient, goals=["Walk"])
    scene.patient.http.put(f"/v1/plans/{plan.id}/revisions/1/acknowledgement", json={})
    phone.pull()
    with scene.world.transaction() as session:
        session.execute(delete(NumberedChange))
        session.execute(delete(PlanState))
        session.execute(text(migration.NUMBER_WHAT_IS_THERE))
        session.execute(text(migration.COUNT_THEM))
    fresh = PullingPhone(scene.patient, scene.patient)
    assert fresh.pull()["reset"] == 1
    assert fresh.kept == phone.kept
    assert is_whole(fresh)
    plan.send("PATCH", "", {"title": "Knee"})
    assert fresh.pull() == {"plans": 1}


def _encoded(parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
