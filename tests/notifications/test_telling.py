"""What people are told of on their phones, when, and when not: from the cause to what arrives at the push service."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from development.push_service import faults
from development.push_service.faults import Fault
from hep_api.messaging.models.flags import RedFlag
from hep_api.messaging.presence import State
from hep_api.notifications.actions import asking
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.queries.causes import STILL_TRUE
from hep_api.notifications.queries.told import last_told
from tests.counting import StatementCounter
from tests.everything import engine_above_the_wall
from tests.mail.server import taking_mail_of
from tests.messaging.alerting import ALARMING
from tests.messaging.test_check_ins import a_template
from tests.notifications.pushing import Pushing
from tests.notifications.reminding import stay_signed_in
from tests.notifications.telling import HELD, Telling, make_telling
from tests.plans import making

BERLIN = ZoneInfo("Europe/Berlin")
MESSAGE, WAITING, FLAG = "message", "answer_waiting", "red_flag"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Eleven in the morning in Berlin, of the present day: the database's own clock is not far."""
    today = datetime.now(BERLIN).replace(hour=11, minute=0, second=0, microsecond=0)
    with time_machine.travel(today.astimezone(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def telling(pushing: Pushing, clock: time_machine.Traveller) -> Telling:
    return make_telling(pushing, clock)


def until(hour: int, minute: int = 0) -> timedelta:
    """Return how long it is until the clock in Berlin shows a time next."""
    now = datetime.now(BERLIN)
    then = now.replace(hour=hour, minute=minute, second=0)
    return (then if then > now else then + timedelta(days=1)) - now


def test_a_message_rings_once_a_moment_later_for_all_who_take_part_but_who_wrote_it(telling: Telling) -> None:
    colleague = telling.talk.world.practitioner(telling.lead.clinic_id)
    telling.talk.world.join_care_team(telling.patient, colleague)
    colleagues = telling.pushing.phone(colleague, language="de")
    telling.say(telling.lead, "How", "are", "you?")
    telling.after(seconds=4)
    assert telling.rings() == ([], [])
    telling.after(seconds=1)
    assert (telling.rings(), telling.rang(colleagues)) == (([MESSAGE], []), [MESSAGE])

    [told], [staffs] = telling.pushing.accepted(telling.patients), telling.pushing.accepted(colleagues)
    assert told.data == staffs.data == {"type": "message", "id": str(telling.talk.id)}
    assert (told.title, told.body) == ("New message", "You have a new message from your clinic.")
    assert (staffs.title, staffs.body) == ("Neue Nachricht", "Eine Nachricht ist eingegangen.")


def test_two_workers_at_once_ring_once(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    """One job leaves out the app that has the conversation open, the other does not: each could tell the patient."""
    telling.is_here(telling.lead)
    telling.say(telling.lead, "One")
    telling.is_here(telling.lead, State.AWAY)
    telling.say(telling.lead, "Two")
    assert len(telling.waiting_jobs(asking.TELL_MESSAGE)) == 2
    telling.clock.shift(HELD)
    both = threading.Barrier(2)

    def asked_at_the_same_time(*said: Any) -> Any:
        known = last_told(*said)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.3)
        return known

    monkeypatch.setattr("hep_api.notifications.actions.telling_messages.last_told", asked_at_the_same_time)
    with ThreadPoolExecutor(2) as workers:
        for worked in [workers.submit(telling.pushing.run) for _ in range(2)]:
            worked.result()
    telling.pushing.run()
    assert telling.rings() == ([MESSAGE], [])


def test_who_does_not_read_is_told_once_in_a_window_and_who_has_read_at_once(telling: Telling) -> None:
    telling.say(telling.lead, "One")
    telling.after(seconds=5)
    telling.say(telling.lead, "Two")
    telling.after(minutes=4)
    telling.say(telling.lead, "Three")
    telling.after(seconds=10)
    assert telling.rang(telling.patients) == [MESSAGE]
    telling.after(minutes=1)
    assert telling.rang(telling.patients) == [MESSAGE]
    # Nothing new has come since, so nothing rings for what is unread.
    telling.after(hours=3)
    assert telling.rang(telling.patients) == []
    assert len({str(each.collapse_keys) for each in telling.pushing.accepted(telling.patients)}) == 1
    telling.talk.report(telling.patient, read_seq=3)
    telling.say(telling.lead, "Four")
    telling.after(seconds=5)
    telling.talk.report(telling.patient, read_seq=4)
    telling.say(telling.lead, "Five")
    telling.after(seconds=5)
    assert telling.rang(telling.patients) == [MESSAGE, MESSAGE]


def test_nothing_rings_for_what_was_read_withdrawn_or_muted_meanwhile(telling: Telling) -> None:
    telling.say(telling.lead, "Read")
    telling.talk.report(telling.patient, read_seq=1)
    telling.after(seconds=5)
    telling.say(telling.lead, "Taken back")
    telling.lead.http.post(telling.talk.path("/messages/2/withdraw"))
    telling.after(seconds=5)
    until_noon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert telling.patient.http.put(telling.talk.path("/mute"), json={"until": until_noon}).status_code < 300
    telling.say(telling.lead, "Muted")
    telling.after(seconds=5)
    assert telling.rings() == ([], [])
    telling.after(hours=1)
    telling.say(telling.lead, "Heard again")
    telling.after(seconds=5)
    assert telling.rings() == ([MESSAGE], [])


def test_a_phone_that_shows_the_conversation_does_not_ring_and_the_persons_others_do(telling: Telling) -> None:
    tablet = telling.talk.world.sign_in(telling.patient)
    tablets = telling.pushing.phone(tablet)
    telling.is_here(telling.patient)
    telling.say(telling.lead, "One")
    telling.after(seconds=6)
    assert (telling.rang(telling.patients), telling.rang(tablets)) == ([], [MESSAGE])
    # It still shows it when the window is over, and does not ring then either.
    telling.is_here(telling.patient)
    telling.say(telling.lead, "Two")
    telling.after(minutes=5)
    assert (telling.rang(telling.patients), telling.rang(tablets)) == ([], [MESSAGE])
    telling.talk.report(telling.patient, read_seq=2)
    telling.after(minutes=5)
    # It goes between two messages: of the second it is told.
    telling.is_here(telling.patient)
    telling.say(telling.lead, "Three")
    telling.is_here(telling.patient, State.AWAY)
    telling.say(telling.lead, "Four")
    telling.after(seconds=6)
    assert (telling.rang(telling.patients), telling.rang(tablets)) == ([MESSAGE], [MESSAGE])


def test_what_the_product_says_itself_and_what_staff_say_among_themselves_rings_for_nobody_else(
    telling: Telling,
) -> None:
    telling.say(telling.patient, ALARMING)
    # The emergency text answers what the patient has just written; the alert rings by itself.
    telling.after(seconds=5)
    assert telling.rang(telling.patients) == []
    assert sorted(telling.rang(telling.leads)) == [MESSAGE, FLAG]
    path = f"/v1/patients/{telling.patient.patient_id}/staff-conversation"
    among_staff = telling.lead.http.put(path).get_json()["id"]
    body = {"client_id": "01a20444-0000-7000-8000-000000000001", "body": "Call her today."}
    assert telling.lead.http.post(f"/v1/conversations/{among_staff}/messages", json=body).status_code == 201
    telling.after(seconds=5)
    assert telling.rings() == ([], [])


@pytest.mark.parametrize(
    "fault", [faults.UNREGISTERED, faults.INVALID_ARGUMENT, faults.HANG_UP], ids=lambda each: each.name
)
def test_an_alert_that_does_not_arrive_at_once_is_mailed_once_as_well(telling: Telling, fault: Fault) -> None:
    for _ in range(2):
        telling.pushing.service.fail(fault)
    with taking_mail_of(telling.pushing.app) as letterbox:
        telling.say(telling.patient, ALARMING)
        telling.after(seconds=1)
        telling.after(seconds=4)
        alerts = [mail["To"] for mail in letterbox.taken if mail["Subject"] == "Look at once"]
    assert (len(alerts), alerts[0].startswith("practitioner")) == (1, True)


def test_who_is_told_is_asked_when_it_is_told(telling: Telling) -> None:
    world = telling.talk.world
    left, came = (world.practitioner(telling.lead.clinic_id) for _ in range(2))
    world.join_care_team(telling.patient, left)
    phones = telling.pushing.phone(left), telling.pushing.phone(came)
    telling.say(telling.patient, "Hello")
    path = f"/v1/patients/{telling.patient.patient_id}/care-team/{left.member_id}"
    assert telling.lead.http.delete(path).status_code == 204
    until_tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    cover = {"covering_id": str(came.member_id), "ends_at": until_tomorrow}
    assert telling.lead.http.post("/v1/covers", json=cover).status_code == 201
    telling.after(seconds=5)
    assert telling.rings() == ([], [MESSAGE])
    assert [telling.rang(phone) for phone in phones] == [[], [MESSAGE]]


def test_a_plan_rings_once_for_all_edits_within_five_minutes_and_not_for_what_was_seen(telling: Telling) -> None:
    exercise = making.exercise(telling.lead)
    plan = making.start(telling.lead, telling.patient)
    telling.after(minutes=6)
    squats = making.publish(plan, making.new_item(exercise))
    telling.after(minutes=2)
    making.publish(plan, making.carried_item(squats[0], dose={"sets": 2, "reps": 8}))
    telling.after(minutes=3)
    telling.after(minutes=30)
    assert telling.rings() == (["plan_published"], [])
    making.publish(plan, making.carried_item(squats[0], dose={"sets": 4, "reps": 8}))
    telling.after(minutes=5)
    assert telling.rings() == (["plan_changed"], [])
    making.publish(plan, making.carried_item(squats[0], dose={"sets": 5, "reps": 8}))
    seen = f"/v1/plans/{plan.id}/revisions/4/acknowledgement"
    assert telling.patient.http.put(seen, json={}).status_code == 200
    telling.after(minutes=5)
    assert telling.rings() == ([], [])
    paused = plan.send("POST", "/pauses", {"from": making.in_days(1), "reason": "A journey."})
    assert paused.status_code == 201, paused.get_json()
    telling.after(minutes=5)
    assert telling.rings() == (["plan_changed"], [])
    assert {each.data["id"] for each in telling.pushing.accepted(telling.patients)} == {str(plan.id)}


def test_a_plan_of_long_ago_of_which_nobody_was_told_is_no_new_one(telling: Telling) -> None:
    stay_signed_in(telling.pushing.world, telling.patient)
    telling.wish(telling.patient, channels={"plan_published": "none"})
    plan = making.start(telling.lead, telling.patient)
    making.publish(plan, making.new_item(making.exercise(telling.lead)))
    telling.after(minutes=5)
    telling.wish(telling.patient, channels={"plan_published": "push"})
    telling.after(hours=24)
    paused = plan.send("POST", "/pauses", {"from": making.in_days(2), "reason": "A journey."})
    assert paused.status_code == 201, paused.get_json()
    telling.after(minutes=5)
    assert telling.rings() == (["plan_changed"], [])


def test_a_check_in_rings_for_the_patient_unless_they_have_seen_it(telling: Telling) -> None:
    template = a_template(telling.talk)
    path = f"/v1/patients/{telling.patient.patient_id}/check-ins"
    asked = telling.lead.http.post(path, json={"template_id": template})
    assert asked.status_code == 201, asked.get_json()
    telling.after(seconds=5)
    assert telling.rings() == (["check_in"], [])
    [arrived] = telling.pushing.accepted(telling.patients)
    assert arrived.data == {"type": "check_in", "id": asked.get_json()["id"]}
    telling.lead.http.post(path, json={"template_id": template})
    telling.talk.report(telling.patient, read_seq=2)
    telling.after(seconds=5)
    assert telling.rings() == ([], [])


def test_whoever_is_to_answer_is_told_once_while_there_is_time_and_not_when_it_is_answered(telling: Telling) -> None:
    world = telling.talk.world
    telling.wish(telling.lead, quiet_hours={"is_on": False})
    telling.say(telling.patient, "When may I run?")
    telling.after(seconds=5)
    telling.talk.report(telling.lead, read_seq=1)
    assert telling.rang(telling.leads) == [MESSAGE]
    telling.after(hours=17, minutes=59)
    assert telling.rang(telling.leads) == []
    telling.after(minutes=1)
    assert telling.rang(telling.leads) == [WAITING]
    # Given to another, it is theirs to hear.
    colleague = world.practitioner(telling.lead.clinic_id)
    world.join_care_team(telling.patient, colleague)
    telling.wish(colleague, quiet_hours={"is_on": False})
    colleagues = telling.pushing.phone(colleague)
    given = telling.lead.http.put(telling.talk.path("/assignee"), json={"member_id": str(colleague.member_id)})
    assert given.status_code < 300, given.get_json()
    telling.after(hours=1)
    assert (telling.rang(telling.leads), telling.rang(colleagues)) == ([], [WAITING])
    telling.say(telling.lead, "From Monday on")
    telling.say(telling.patient, "Thank you")
    telling.after(seconds=5)
    assert telling.lead.http.post(telling.talk.path("/close")).status_code == 200
    telling.after(hours=20)
    assert WAITING not in telling.rang(telling.leads) + telling.rang(colleagues)


def test_an_alert_rings_at_once_through_quiet_hours_cap_and_mute_for_whose_turn_it_is(telling: Telling) -> None:
    world = telling.talk.world
    leader = world.owner(telling.lead.clinic_id)
    leaders = telling.pushing.phone(leader)
    telling.wish(telling.lead, most_a_day=1, channels={"message": "none"})
    assert telling.lead.http.put(telling.talk.path("/mute"), json={"until": None}).status_code < 300
    telling.after(seconds=until(23).total_seconds())
    telling.say(telling.patient, ALARMING)
    telling.after(seconds=0)
    assert (telling.rang(telling.leads), telling.rang(leaders)) == ([FLAG], [])
    [arrived] = telling.pushing.accepted(telling.leads)
    assert arrived.payload["android"]["priority"].lower() == "high"
    assert arrived.title == "Look at once"
    telling.after(minutes=15)
    assert (telling.rang(telling.leads), telling.rang(leaders)) == ([], [FLAG])
    telling.after(minutes=15)
    assert telling.rang(telling.leads) == [FLAG]
    # Acknowledged before the worker looks, it rings no more.
    [flag] = telling.lead.http.get("/v1/flags").get_json()["items"]
    telling.clock.shift(timedelta(minutes=15))
    telling.lead.http.token = world.app.extensions["hep_tokens"].issue(
        telling.lead.account_id, telling.lead.sign_in_id, datetime.now(UTC)
    )
    seen = telling.lead.http.post(f"/v1/flags/{flag['id']}/acknowledge", json={"cause_count": flag["cause_count"]})
    assert seen.status_code == 200, seen.get_json()
    telling.after(seconds=0)
    assert (telling.rang(telling.leads), telling.rang(leaders)) == ([], [])


def test_quiet_hours_hold_back_by_each_ones_own_wall_and_tell_once_at_their_end_what_is_still_true(
    telling: Telling,
) -> None:
    world = telling.talk.world
    colleague = world.practitioner(telling.lead.clinic_id)
    world.join_care_team(telling.patient, colleague)
    telling.wish(colleague, zone="America/Los_Angeles")
    colleagues = telling.pushing.phone(colleague)
    telling.after(seconds=until(22).total_seconds())
    for words in ("Good evening", "Are you there?"):
        telling.say(telling.lead, words)
        telling.after(minutes=6)
    assert (telling.rang(telling.patients), telling.rang(colleagues)) == ([], [MESSAGE, MESSAGE])
    telling.after(seconds=until(6, 59).total_seconds())
    assert telling.rang(telling.patients) == []
    telling.after(minutes=1)
    assert telling.rang(telling.patients) == [MESSAGE]
    telling.after(hours=2)
    assert telling.rang(telling.patients) == []
    # What was read before their end is told no more.
    telling.after(seconds=until(23).total_seconds())
    telling.say(telling.lead, "Late again")
    telling.after(minutes=1)
    telling.talk.report(telling.patient, read_seq=3)
    telling.after(seconds=until(7).total_seconds())
    assert telling.rang(telling.patients) == []


def test_where_a_patients_phone_is_there_is_their_wall(telling: Telling) -> None:
    telling.pushing.phone(telling.patient, zone="America/Los_Angeles")
    telling.after(seconds=until(23).total_seconds())
    telling.say(telling.lead, "Good afternoon")
    telling.after(seconds=5)
    assert telling.rang(telling.patients) == [MESSAGE]


def test_more_than_the_most_of_a_day_is_not_told_but_counted(telling: Telling) -> None:
    telling.settle(patients={"most_a_day": 2})
    for number in range(1, 5):
        telling.say(telling.lead, "And?")
        telling.after(seconds=5)
        telling.talk.report(telling.patient, read_seq=number)
    assert telling.rang(telling.patients) == [MESSAGE, MESSAGE]
    shown = telling.patient.http.get("/v1/me/notifications").get_json()
    assert (shown["today"], shown["most_a_day"]) == ({"told": 2, "held_back": 2}, {"most": 2, "source": "clinic"})
    telling.after(seconds=until(7).total_seconds())
    telling.say(telling.lead, "A new day")
    telling.after(seconds=5)
    assert telling.rang(telling.patients) == [MESSAGE]


def test_a_message_costs_its_sender_one_statement_for_being_told_and_what_rings_for_nobody_none(
    telling: Telling, statements_of_pushing: StatementCounter
) -> None:
    telling.say(telling.lead, "The first one")
    with statements_of_pushing() as seen:
        telling.say(telling.lead, "The second one")
    assert len([each for each in seen if "INSERT INTO job" in each]) == 1
    assert len(seen) == 5, seen
    assert len(telling.waiting_jobs("notifications.tell_message")) == 1
    assert telling.waiting_jobs("notifications.tell_check_in") == []


def test_whether_alerts_and_answers_still_hold_is_asked_of_many_as_of_one(
    telling: Telling, statements_of_pushing: StatementCounter
) -> None:
    both = [telling, make_telling(telling.pushing, telling.clock, telling.lead.clinic_id)]
    for each in both:
        each.say(each.patient, ALARMING)
    with telling.talk.world.transaction() as session:
        flags = {flag.patient_id: flag.id for flag in session.scalars(select(RedFlag))}
        for kind, of_whom in (
            (NoticeKind.ANSWER_WAITING, [(each.lead.member_id, each.talk.id) for each in both]),
            (NoticeKind.RED_FLAG, [(each.lead.member_id, flags[each.patient.member_id]) for each in both]),
        ):
            costs = []
            for pairs in (of_whom[:1], of_whom):
                with statements_of_pushing() as seen:
                    still = STILL_TRUE[kind](session, telling.lead.clinic_id, pairs, datetime.now(UTC))
                assert list(still) == pairs
                costs.append(len(seen))
            assert costs == [2, 2], kind


@pytest.fixture
def statements_of_pushing(pushing: Pushing) -> StatementCounter:
    return StatementCounter(pushing.app.extensions["hep_database"].engine, engine_above_the_wall(pushing.app))
