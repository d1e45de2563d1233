"""Reminders through doors and workers: at the patient's times, of what is due and not recorded, once, and no more."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from hep_api.insights.actions import reviewing
from hep_api.notifications.kinds import NoticeKind
from tests.adherence.conftest import event
from tests.notifications import phones
from tests.notifications.pushing import Pushing
from tests.notifications.reminding import BERLIN, Reminded, may, reminded_patient
from tests.world import Person, World

NOW = may(4, 6)
WEEKDAYS = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1}
TWICE = {"kind": "daily", "times_per_day": 2}
REMINDERS = (NoticeKind.REMINDER, NoticeKind.SECOND_NUDGE)
QUOTA = {"kind": "weekly_quota", "times_per_week": 2}


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    """Monday, 4 May 2026, 6 o'clock in Berlin."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(pushing: Pushing) -> World:
    return pushing.world


@pytest.fixture
def lead(world: World, morning: time_machine.Traveller) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def reminded(world: World, lead: Person) -> Reminded:
    return reminded_patient(world, lead)


def days(*numbers: int, hours: tuple[int, ...] = (8, 18)) -> list[datetime]:
    return [may(day, hour, 1) for day in numbers for hour in hours]


def test_a_patient_is_reminded_at_their_times_of_what_is_due_and_not_recorded(
    reminded: Reminded, morning: time_machine.Traveller
) -> None:
    reminded.wish("08:00", "18:00", nudge=True)
    reminded.look(NOW)
    assert reminded.next_look() == may(4, 8)
    # Looking too early, twice, or between the times does nothing.
    reminded.look(may(4, 7), may(4, 8), may(4, 8), may(4, 12))
    assert reminded.reminded() == ["04 08:00 told"]
    reminded.report(may(4, 9))
    reminded.look(may(4, 18), may(4, 20), may(5, 8), may(5, 18), may(5, 20))
    assert reminded.reminded()[1:] == ["05 08:00 told", "05 18:00 told", "05 20:00 told nudge"]
    # Whoever says that they skip is not asked again, nor nudged.
    reminded.look(may(6, 8))
    reminded.report(may(6, 9), kind="skipped", skip_reason="no_time")
    reminded.look(may(6, 18), may(6, 20))
    assert reminded.reminded()[4:] == ["06 08:00 told"]
    settings = reminded.settings(by=reminded.lead)
    assert (settings["zone"], settings["zone_from"], settings["step"], settings["ignored_on"]) == (
        BERLIN, "record", "normal", []
    )  # fmt: skip
    assert [each["in_quiet_hours"] for each in settings["times"]] == [False, False]


def test_rest_days_pauses_and_the_time_after_the_end_are_quiet(
    world: World, lead: Person, morning: time_machine.Traveller
) -> None:
    reminded = reminded_patient(world, lead, WEEKDAYS)
    reminded.wish("08:00", nudge=True)
    plan = reminded.plan.plan
    pause = {"from": "2026-05-06", "to": "2026-05-11", "reason": "Holiday"}
    assert plan.send("POST", "/pauses", pause).status_code == 201
    # Mondays, Wednesdays and Fridays, but not from the 6th to the 10th.
    reminded.look(NOW, *days(4, 5, 6, 7, 8, 9, 10, 11, 12, hours=(8, 20)))
    assert reminded.reminded() == ["04 08:00 told", "04 20:00 told nudge", "11 08:00 told", "11 20:00 told nudge"]
    morning.move_to(may(12, 21))
    phone = world.sign_in(lead)
    tag = {"If-Match": phone.http.get(f"/v1/plans/{plan.id}").headers["ETag"]}
    end = phone.http.post(f"/v1/plans/{plan.id}/end", json={"discharge_reason": "goals_met"}, headers=tag)
    assert end.status_code == 200, end.json
    reminded.look(may(12, 21), *days(13, 14, 15, hours=(8, 20)))
    assert (len(reminded.reminded(world.sign_in(reminded.patient))), reminded.next_look()) == (4, None)


def test_what_is_due_twice_is_spread_over_the_day_and_a_quota_over_the_week(
    world: World, lead: Person, morning: time_machine.Traveller
) -> None:
    twice, quota = reminded_patient(world, lead, TWICE), reminded_patient(world, lead, QUOTA)
    for each in (twice, quota):
        each.wish("08:00", "18:00", nudge=True)
    twice.look(NOW)
    twice.report(may(4, 7), slot=1)
    twice.look(may(4, 8), may(4, 18))
    # Done once: by the first of two reminders that is enough, by the second it is not.
    assert twice.reminded() == ["04 18:00 told"]
    assert quota.reminded() == ["04 08:00 told", "04 18:00 told"]
    for day in (5, 6):
        quota.report(may(day, 7))
    quota.look(*days(4, hours=(20,)), *days(5, 6, 7, 8, 9, 10, hours=(8, 18, 20)))
    # The week's number is reached. Nobody is nudged while a day is left to spare.
    assert quota.reminded() == ["04 08:00 told", "04 18:00 told"]
    nudged = reminded_patient(world, lead, QUOTA)
    nudged.wish(nudge=True)
    nudged.look(NOW, *days(4, 5, 6, 7, 8, 9, 10, hours=(20,)))
    assert nudged.reminded() == ["09 20:00 told nudge", "10 20:00 told nudge"]


def test_what_is_done_before_the_push_leaves_is_enough_where_it_is_enough_for_its_time(
    world: World, lead: Person, pushing: Pushing, morning: time_machine.Traveller
) -> None:
    once, both = (reminded_patient(world, lead, TWICE) for _ in range(2))
    once.wish("08:00", "18:00")
    both.wish("08:00")
    once.look(NOW, may(4, 8))
    for each in (once, both):
        assert each.reminded() == ["04 08:00 told"]
        each.report(may(4, 8), slot=1)
    morning.move_to(may(4, 8))
    pushing.run()
    pushes = {
        row.member_id: row.state.value for row in pushing.rows(once.patient, both.patient) if row.kind in REMINDERS
    }
    # One of two is done: it is all for the first of two reminders, and not for the only one.
    assert pushes == {once.patient.member_id: "dropped", both.patient.member_id: "sent"}


def test_a_patient_who_travels_is_reminded_where_they_are_once_for_each_date(
    world: World, lead: Person, morning: time_machine.Traveller
) -> None:
    reminded = reminded_patient(world, lead)
    reminded.wish("08:00", "20:00")
    reminded.look(NOW, may(4, 8))
    morning.move_to(may(4, 12))
    phone = world.sign_in(reminded.patient)
    over_there = phones.registered(phone, zone="America/New_York")
    # Of two phones the one that was heard of last says where they are, though it has been there all the time.
    other = world.sign_in(reminded.patient)
    elsewhere = phones.registered(other, zone="Asia/Tokyo")
    reminded.look(may(4, 12))
    assert reminded.next_look() == may(4, 20, zone="Asia/Tokyo")
    morning.shift(30)
    assert phone.http.patch(f"/v1/me/devices/{over_there}", json={}).status_code == 200
    reminded.look(may(4, 12, 1))
    assert reminded.next_look() == may(4, 8, zone="America/New_York")
    assert other.http.delete(f"/v1/me/devices/{elsewhere}").status_code == 204
    settings = phone.http.get(f"{reminded.path}/reminders").json
    assert (settings["zone"], settings["zone_from"]) == ("America/New_York", "device")
    # 08:00 of the 4th comes once more, over there; 20:00 in Berlin comes no more.
    new_york = [may(4, 8, zone="America/New_York"), may(4, 20), may(4, 20, zone="America/New_York")]
    reminded.look(may(4, 12, 1), *new_york)
    assert reminded.reminded(phone) == ["04 08:00 told", "04 20:00 told"]
    assert reminded.next_look() == may(5, 8, zone="America/New_York")
    # Signed out over there, they are at home again.
    morning.move_to(may(5, 7))
    at_home = world.sign_in(reminded.patient)
    ended = at_home.http.delete(f"/v1/me/sign-ins/{phone.sign_in_id}")
    assert ended.status_code == 204, ended.json
    reminded.look(may(5, 7), may(5, 8), may(5, 8, zone="America/New_York"))
    assert reminded.reminded(at_home)[2:] == ["05 08:00 told"]


def test_late_workers_remind_within_the_hour_and_note_what_passed(reminded: Reminded) -> None:
    reminded.wish("08:00", "08:30", "12:00")
    reminded.look(NOW, may(4, 9), may(4, 13, 1), may(5, 7))
    # The second speaks for the first; noon was too long ago.
    assert reminded.reminded() == ["04 08:00 passed", "04 08:30 told", "04 12:00 passed"]


def test_the_clinic_says_when_whoever_has_settled_nothing_is_reminded(
    world: World, lead: Person, reminded: Reminded, morning: time_machine.Traveller
) -> None:
    settled, manager = reminded_patient(world, lead), world.manager(lead.clinic_id)
    settled.wish("10:00")
    nobody = reminded.settings()
    assert (nobody["settled_by"], nobody["is_on"], nobody["own"], nobody["version"], nobody["next_at"]) == (
        "nobody", False, None, 0, None
    )  # fmt: skip
    reminded.look(NOW, may(4, 8))
    assert reminded.reminded() == []
    path = "/v1/clinic/reminders"
    clinics = {"is_on": True, "times": [{"at": "09:00", "weekdays": ["tue", "mon"]}], "nudge": False}
    assert manager.http.patch(path, json=clinics).status_code == 428
    tag = {"If-Match": lead.http.get(path).headers["ETag"]}
    assert lead.http.patch(path, json=clinics, headers=tag).status_code == 403
    changed = manager.http.patch(path, json=clinics, headers=tag)
    assert (changed.status_code, changed.json["times"], changed.json["nudge_at"]) == (
        200, [{"at": "09:00", "weekdays": ["mon", "tue"]}], "20:00"
    )  # fmt: skip
    assert manager.http.patch(path, json=clinics, headers=tag).status_code == 412
    effective = reminded.settings()
    assert (effective["settled_by"], effective["is_on"], effective["own"]) == ("clinic", True, None)
    reminded.look(NOW, may(4, 9), may(4, 10), may(5, 9), may(5, 10), may(6, 9))
    assert (reminded.reminded(), settled.reminded()) == (
        ["04 09:00 told", "05 09:00 told"], ["04 10:00 told", "05 10:00 told"]
    )  # fmt: skip
    # One's own word goes before the clinic's, and what is left open goes by it.
    reminded.wish(is_on=False)
    settled.wish(times=None, nudge=True, nudge_at="21:00")
    assert (settled.settings()["times"][0]["at"], settled.settings()["nudge_at"]) == ("09:00", "21:00")
    reminded.look(NOW, may(11, 9), may(11, 21))
    told = [each for each in settled.reminded() if each.endswith(("told", "told nudge"))]
    assert (len(reminded.reminded()), told[2:]) == (2, ["11 09:00 told", "11 21:00 told nudge"])


def test_settings_are_sent_again_safely_and_refused_where_they_make_no_sense(reminded: Reminded) -> None:
    path, http = f"{reminded.path}/reminders", reminded.patient.http
    tag = {"If-Match": http.get(path).headers["ETag"]}
    body = {"is_on": True, "times": [{"at": "18:00"}, {"at": "08:00", "weekdays": ["fri", "mon"]}]}
    assert http.put(path, json=body).status_code == 428
    first = http.put(path, json=body, headers=tag)
    # The answer was lost, so the phone sends the same with the tag that it knows.
    again = http.put(path, json=body, headers=tag)
    assert (first.status_code, again.json) == (200, first.json)
    assert first.json["own"] == {
        "is_on": True, "nudge": None, "nudge_at": None,
        "times": [{"at": "08:00", "weekdays": ["mon", "fri"]}, {"at": "18:00", "weekdays": None}],
    }  # fmt: skip
    assert http.put(path, json={**body, "nudge": False}, headers=tag).status_code == 412
    assert reminded.lead.http.put(path, json=body, headers=tag).status_code == 403
    for wrong, error in (
        ({"times": [{"at": "08:00"}, {"at": "08:00", "weekdays": ["mon"]}]}, ("/times/1/at", "repeated")),
        ({"times": [{"at": "24:00"}]}, ("/times/0/at", "time")),
        ({"times": [{"at": "08:00", "weekdays": []}]}, ("/times/0/weekdays", "length")),
        ({"times": [{"at": "08:00", "weekdays": ["mon", "mon"]}]}, ("/times/0/weekdays", "repeated")),
        ({"times": [{"at": f"{hour:02}:00"} for hour in range(13)]}, ("/times", "length")),
        ({"nudge_at": "8 pm"}, ("/nudge_at", "time")),
        ({"is_on": "yes"}, ("/is_on", "type")),
    ):
        refused = http.put(path, json={**body, **wrong}, headers=tag)
        assert refused.status_code == 422, wrong
        assert [(each["field"], each["rule"]) for each in refused.json["errors"]] == [error]


def test_whoever_ignores_reminders_gets_fewer_the_attention_list_hears_of_it_and_an_event_ends_it(
    world: World, reminded: Reminded, morning: time_machine.Traveller
) -> None:
    reminded.wish("08:00", "18:00", nudge=True)
    reminded.look(NOW, *days(*range(4, 21), hours=(8, 18, 20)))
    three_a_day = [f"{day:02} {rest}" for day in (4, 5, 6) for rest in ("08:00 told", "18:00 told", "20:00 told nudge")]
    assert reminded.reminded() == [*three_a_day, "08 08:00 told", "10 08:00 told", "12 08:00 told", "19 08:00 told"]
    morning.move_to(may(20, 9))
    lead, patient = world.sign_in(reminded.lead), world.sign_in(reminded.patient)
    settings = patient.http.get(f"{reminded.path}/reminders").json
    assert (settings["step"], [each[-2:] for each in settings["ignored_on"]]) == (
        "weekly", ["04", "05", "06", "08", "10", "12", "19"]
    )  # fmt: skip
    judge(world, reminded)
    [entry] = lead.http.get("/v1/attention?rule=reminders_ignored").json["items"]
    rests_on = entry["evidence"]
    assert (rests_on["from"], rests_on["to"], rests_on["reminded_days"]) == ("2026-05-04", "2026-05-19", 7)
    assert entry["title"] == "Reminders go unheeded"
    reminded.report(may(20, 9), 2)
    judge(world, reminded)
    assert lead.http.get("/v1/attention?rule=reminders_ignored").json["items"] == []
    reminded.look(*days(21, hours=(8, 18, 20)))
    assert reminded.reminded(patient)[-3:] == ["21 08:00 told", "21 18:00 told", "21 20:00 told nudge"]


def judge(world: World, reminded: Reminded) -> None:
    with world.transaction() as session:
        reviewing.review(session, reminded.lead.clinic_id, [reminded.patient.patient_id], datetime.now(tz=NOW.tzinfo))


def test_times_are_suggested_from_what_a_patient_does_and_change_nothing_until_accepted(
    reminded: Reminded, morning: time_machine.Traveller
) -> None:
    reminded.wish("08:00", nudge=True)
    path, http = f"{reminded.path}/reminder-suggestions", reminded.patient.http
    assert http.get(path).json == {"items": []}
    evenings = [may(day, 18, 16 + day) for day in range(-6, 4)]
    items = [event(reminded.plan.daily, f"{at:%Y-%m-%d}", performed_at=at.isoformat()) for at in evenings]
    assert set(reminded.plan.outcomes(*items)) == {"applied"}
    [suggestion] = http.get(path).json["items"]
    assert (suggestion["at"], suggestion["replaces"], len(suggestion["days"]), suggestion["days"][0]) == (
        "18:00", "08:00", 10, {"on": "2026-04-24", "at": "18:10"}
    )  # fmt: skip
    assert reminded.settings()["times"][0]["at"] == "08:00"
    assert http.post(f"{path}/accept", json={"at": "17:00"}).status_code == 409
    accepted = http.post(f"{path}/accept", json={"at": "18:00"})
    assert (accepted.status_code, [each["at"] for each in accepted.json["times"]]) == (200, ["18:00"])
    assert http.post(f"{path}/accept", json={"at": "18:00"}).json == accepted.json
    assert http.get(path).json == {"items": []}
    reminded.wish("08:00")
    assert [http.post(f"{path}/dismiss", json={"at": "18:00"}).status_code for _ in range(2)] == [204, 204]
    assert (http.get(path).json, reminded.settings()["times"][0]["at"]) == ({"items": []}, "08:00")


def test_looking_costs_as_many_statements_for_many_as_for_one(
    world: World, lead: Person, reminded: Reminded, statements: Any
) -> None:
    reminded.wish("08:00", nudge=True)
    reminded.look(NOW)
    with statements() as of_one:
        reminded.look(may(4, 8))
    others = [reminded_patient(world, lead) for _ in range(4)]
    for each in others:
        each.wish("08:00", nudge=True)
    reminded.look(may(4, 8, 1))
    with statements() as of_five:
        reminded.look(may(5, 8))
    assert [each.reminded()[-1] for each in (reminded, *others)] == ["05 08:00 told"] * 5
    assert len(of_five) == len(of_one)


def test_a_time_of_ones_own_rings_in_quiet_hours_and_the_clinics_waits_for_their_end_if_still_true(
    world: World, lead: Person, reminded: Reminded, pushing: Pushing, morning: time_machine.Traveller
) -> None:
    own, done = reminded_patient(world, lead), reminded_patient(world, lead)
    own.wish("06:30")
    manager = world.manager(lead.clinic_id)
    tag = {"If-Match": manager.http.get("/v1/clinic/reminders").headers["ETag"]}
    clinics = {"is_on": True, "times": [{"at": "06:30"}], "nudge": False}
    assert manager.http.patch("/v1/clinic/reminders", json=clinics, headers=tag).status_code == 200
    assert [each["in_quiet_hours"] for each in (*own.settings()["times"], *done.settings()["times"])] == [True, True]
    reminded.look(NOW, may(4, 6, 30))
    everybody = (own, reminded, done)
    assert [each.reminded() for each in everybody] == [["04 06:30 told"]] * 3
    assert [pushed(pushing, each) for each in everybody] == [1, 0, 0]
    done.report(may(4, 6, 45))
    morning.move_to(may(4, 7))
    pushing.run()
    # Quiet hours are over: one has exercised meanwhile.
    assert [pushed(pushing, each) for each in everybody] == [1, 1, 0]
    assert [each.data["type"] for each in pushing.service.kept.accepted()].count("reminder") == 2


def pushed(pushing: Pushing, reminded: Reminded) -> int:
    """Return how many reminders were pushed to a patient's phone; of the plan they were told, too."""
    return [row.kind for row in pushing.rows(reminded.patient)].count(NoticeKind.REMINDER)
