"""The attention list: what begins and ends an entry, what people do with it, and who sees it."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hep_api.clinics.facts import PatientErased
from hep_api.clinics.models import Clinic, EmergencyAccess, Invitation, Member, MemberStatus, Patient
from hep_api.foundation.errors import Problem
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue, work
from hep_api.insights import jobs
from hep_api.insights.actions import reviewing, settling
from hep_api.insights.actions.asking import SWEEP
from hep_api.insights.erasing import erase_insights
from hep_api.insights.models import AttentionEntry
from hep_api.insights.queries import attention
from tests.adherence.conftest import correction, event
from tests.counting import StatementCounter
from tests.insights.conftest import NOW, Watched, clinic_without_alarms, may, watch
from tests.plans import making
from tests.plans.conftest import named
from tests.world import World


def test_silence_is_found_with_its_evidence_and_ends_with_the_next_event(watched: Watched) -> None:
    watched.report("01", "02")
    watched.review()
    entry = watched.entry("no_events")
    assert entry | {"id": None, "version": None} == {
        "id": None,
        "patient_id": str(watched.patient.patient_id),
        "patient_name": entry["patient_name"],
        "location_id": str(watched.lead.clinic_id),
        "rule": "no_events",
        "title": "Nothing reported for days",
        "urgency": "medium",
        "since": "2026-05-03",
        "evidence": {
            "flag_id": None,
            "causes": None,
            "from": "2026-05-03",
            "to": "2026-05-05",
            "event_ids": [],
            "last_event_on": "2026-05-02",
            "days_without_event": 3,
            "days_allowed": 3,
            "completion_7_days": None,
            "completion_28_days": None,
            "points": None,
            "highest_pain": None,
            "sessions": [],
            "skips": [],
            "conversation_id": None,
            "messages": None,
            "first_seq": None,
            "last_seq": None,
            "waiting_since": None,
            "hours_allowed": None,
            "reminded_days": None,
        },
        "next_action": {
            "key": "ask_how_it_goes",
            "words": "Write or call: ask how it goes and what stands in the way.",
        },
        "owner": {"member_id": str(watched.lead.member_id), "name": entry["owner"]["name"], "is_assigned": False},
        "state": "open",
        "snoozed_until": None,
        "opened_at": NOW.isoformat(),
        "version": None,
    }
    german = watched.lead.http.get("/v1/attention", headers={"Accept-Language": "de-AT"})
    assert german.json["items"][0]["title"] == "Seit Tagen nichts eingetragen"
    assert (german.headers["Content-Language"], "Accept-Language" in german.headers["Vary"]) == ("de", True)

    # Judged again nothing is new; as days go by the evidence is kept up to date, and the version stays.
    watched.review(may(8))
    later = watched.entry("no_events")
    assert (later["id"], later["version"]) == (entry["id"], entry["version"])
    assert (later["evidence"]["days_without_event"], later["since"]) == (5, "2026-05-03")
    watched.report("05")
    watched.review()
    assert watched.rules() == []
    assert watched.entry("no_events", state="resolved")["id"] == entry["id"]
    assert watched.history(entry) == ["opened", "resolved"]
    watched.review(may(9))
    assert watched.entry("no_events")["id"] != entry["id"]


def test_an_open_red_flag_comes_before_all_else_until_a_person_acknowledges_it(watched: Watched) -> None:
    path = f"/v1/conversations/{watched.conversation_id}/messages"
    watched.patient.http.post(path, json={"client_id": str(new_id()), "body": "I have chest pain"})
    watched.report("05", pain=7)
    run_jobs(watched)
    watched.review()
    assert watched.rules()[0] == "red_flag"
    [flag] = watched.lead.http.get("/v1/flags").json["items"]
    entry = watched.entry("red_flag")
    assert (entry["evidence"]["flag_id"], entry["evidence"]["causes"]) == (flag["id"], 1)
    assert (entry["urgency"], entry["next_action"]["key"], entry["since"]) == ("high", "acknowledge_flag", "2026-05-06")
    settled = watched.settle(entry, "dismiss", reason="Called.")
    assert settled.status_code == 200
    watched.patient.http.post(path, json={"client_id": str(new_id()), "body": "and I fainted"})
    run_jobs(watched)
    again = watched.entry("red_flag")
    assert again["evidence"]["causes"] == 2
    seen = {"cause_count": 2}
    assert watched.lead.http.post(f"/v1/flags/{flag['id']}/acknowledge", json=seen).status_code == 200
    run_jobs(watched)
    assert "red_flag" not in watched.rules()
    assert watched.history(again) == ["opened", "resolved"]


def test_a_pause_and_an_end_silence_who_drops_off_and_never_who_is_in_pain(watched: Watched) -> None:
    watched.report("01", "02", pain=8)
    days = [f"2026-04-{day:02}" for day in range(8, 29)]
    assert set(watched.plan.outcomes(*(event(watched.plan.daily, day) for day in days))) == {"applied"}
    watched.review()
    assert watched.rules() == ["high_pain", "no_events", "completion_drop"]
    drop = watched.entry("completion_drop")["evidence"]
    assert (drop["from"], drop["to"], drop["points"]) == ("2026-04-29", "2026-05-05", 53.5714)
    assert (drop["completion_7_days"]["value"], drop["completion_28_days"]["value"]) == (0.2857, 0.8214)
    paused = watched.plan.plan.send("POST", "/pauses", {"from": "2026-05-06", "to": "2026-05-08", "reason": "Away."})
    assert paused.status_code == 201
    watched.review()
    assert watched.rules() == ["high_pain"]
    # Back from the pause somebody has as many days again.
    watched.review(may(10))
    assert "no_events" not in watched.rules()
    watched.review(may(11))
    assert "no_events" in watched.rules()
    ended = watched.plan.plan.send("POST", "/end", {"discharge_reason": "goals_met"})
    assert ended.status_code == 200, ended.json
    watched.review()
    assert watched.rules() == ["high_pain"]


def test_days_for_which_nothing_was_prescribed_are_no_silence(watched: Watched) -> None:
    plan, squat = watched.plan.plan, making.exercise(watched.lead)
    assert watched.plan.outcomes(event(watched.plan.daily, "2026-04-19")) == ["applied"]
    rest = making.new_item(squat, schedule={"kind": "as_needed"})
    (as_needed,) = making.publish(plan, rest, effective_on="2026-04-20")
    watched.review()
    assert watched.rules() == []
    making.publish(plan, making.carried_item(as_needed, schedule=rest["schedule"]), making.new_item(squat))
    watched.review()
    assert watched.rules() == []
    watched.review(may(8))
    assert "no_events" not in watched.rules()
    watched.review(may(9))
    assert watched.entry("no_events")["since"] == "2026-05-06"


def test_pain_counts_as_it_is_in_force_and_dismissed_comes_back_with_new_pain_only(watched: Watched) -> None:
    low, high = watched.report("04", pain=3) + watched.report("05", pain=7, comment="It hurts a lot.")
    watched.review()
    entry = watched.entry("high_pain")
    assert (entry["since"], entry["evidence"]["event_ids"]) == ("2026-05-05", [high["id"]])
    assert "It hurts" not in str(entry)
    refused = watched.settle(entry, "dismiss", reason=" ")
    assert named(refused) == [("/reason", "length")]
    dismissed = watched.settle(entry, "dismiss", reason="Called: it is the other knee.")
    assert (dismissed.status_code, dismissed.json["state"]) == (200, "dismissed")
    said = [(each["change"], each["by"], each["reason"]) for each in dismissed.json["history"]]
    assert said == [
        ("opened", None, None),
        ("dismissed", str(watched.lead.member_id), "Called: it is the other knee."),
    ]
    watched.review()
    assert watched.rules() == []
    # A correction of the same entry is nothing new; one that makes another entry hurt is.
    watched.plan.upload(correction(high, pain=9))
    watched.review()
    assert watched.rules() == []
    watched.plan.upload(correction(low, pain=8))
    watched.review()
    again = watched.entry("high_pain")
    assert again["id"] != entry["id"]
    assert set(again["evidence"]["event_ids"]) == {low["id"], high["id"]}
    assert again["evidence"]["highest_pain"] == 9
    # Taken back by corrections, it is over; what was dismissed stays dismissed, and does not open anew.
    watched.plan.upload(correction(low, 2, pain=2))
    watched.review()
    assert watched.rules() == ["high_pain"]
    watched.plan.upload(correction(high, 2, kind="void"))
    watched.review()
    assert watched.rules() == []
    assert watched.entry("high_pain", state="dismissed")["id"] == entry["id"]


def test_what_is_put_off_comes_back_at_its_time_or_with_new_evidence(
    watched: Watched, noon: time_machine.Traveller
) -> None:
    watched.report("04", kind="skipped", skip_reason="unclear")
    watched.report("05", kind="skipped", skip_reason="no_time")
    watched.review()
    entry = watched.entry("skip_reasons")
    assert entry["evidence"]["skips"] == [{"reason": "unclear", "times": 1}]
    for until in (NOW, NOW + timedelta(days=367)):
        refused = watched.settle(entry, "snooze", until=until.isoformat(), reason="On Friday.")
        assert named(refused) == [("/until", "range")]
    until = NOW + timedelta(minutes=5)
    snoozed = watched.settle(entry, "snooze", until=until.isoformat(), reason="After lunch.")
    assert (snoozed.json["state"], snoozed.json["snoozed_until"]) == ("snoozed", until.isoformat())
    watched.review()
    assert (watched.rules(), watched.rules(state="snoozed")) == ([], ["skip_reasons"])
    # Its time has come, whether the worker has seen it or not.
    noon.move_to(until)
    assert (watched.rules(), watched.rules(state="snoozed")) == (["skip_reasons"], [])
    assert watched.entry("skip_reasons")["snoozed_until"] is None
    watched.review(until)
    assert watched.history(entry) == ["opened", "snoozed", "woken"]

    watched.settle(entry, "snooze", until=(until + timedelta(days=3)).isoformat(), reason="On Saturday.")
    watched.report("06", kind="skipped", skip_reason="pain")
    watched.review(until)
    assert watched.rules() == ["skip_reasons"]
    assert watched.history(entry)[-1] == "renewed"
    assert [each["times"] for each in watched.entry("skip_reasons")["evidence"]["skips"]] == [1, 1]
    # Whoever looked before that has not seen it.
    stale = watched.lead.http.post(
        f"/v1/attention/{entry['id']}/dismiss", json={"reason": "Seen."}, headers={"If-Match": snoozed.headers["ETag"]}
    )
    assert stale.status_code == 412
    path = f"/v1/attention/{entry['id']}/dismiss"
    assert watched.lead.http.post(path, json={"reason": "Seen."}).status_code == 428


def test_messages_that_wait_are_found_and_end_with_an_answer(watched: Watched, noon: time_machine.Traveller) -> None:
    watched.report("05")
    watched.say(watched.lead, 100, "How are you?")
    watched.report_read(1)
    first = watched.say(watched.patient, 25, "My knee is hot.")
    watched.say(watched.patient, 1, "Hello?")
    watched.review()
    entry = watched.entry("unanswered_message")
    found = entry["evidence"]
    assert (found["messages"], found["first_seq"], found["last_seq"], found["hours_allowed"]) == (2, first, first, 24)
    assert (found["waiting_since"], entry["since"]) == ((NOW - timedelta(hours=25)).isoformat(), "2026-05-05")
    assert "knee" not in str(entry)
    # Dismissed, it comes back when the second message has waited as long.
    assert watched.settle(entry, "dismiss", reason="Called back.").status_code == 200
    watched.review(NOW + timedelta(hours=22))
    assert watched.rules() == []
    watched.review(NOW + timedelta(hours=23))
    assert watched.entry("unanswered_message")["evidence"]["last_seq"] == first + 1
    with watched.world.transaction() as session:
        _answer_within(session, watched, 48)
    watched.review(NOW + timedelta(hours=22))
    assert watched.rules() == []
    with watched.world.transaction() as session:
        _answer_within(session, watched, 1)
    watched.review()
    assert watched.rules() == ["unanswered_message"]
    # The answer is a fact that a job follows from; after 72 hours unread it is the patient who is to be reached.
    answer = watched.say(watched.colleague, 72, "Come by.")
    run_jobs(watched)
    assert watched.rules() == ["unread_message"]
    assert watched.entry("unread_message")["evidence"]["last_seq"] == answer
    watched.report_read(answer)
    run_jobs(watched)
    assert watched.rules() == []
    assert watched.rules(state="resolved") == ["unanswered_message", "unanswered_message", "unread_message"]


def run_jobs(watched: Watched) -> None:
    with watched.world.app.app_context():
        work.run_due_jobs()


def test_who_does_not_come_in_is_found_by_the_sweep_and_gone_once_they_do(
    watched: Watched, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a clinic of many: one job after the other.
    monkeypatch.setattr(jobs, "PATIENTS_AT_A_TIME", 1)
    watched.report("05")
    body = {"name": "Kim", "email": f"kim-{watched.lead.member_id}@example.org", "birth_date": "1975-06-30"}
    invited = watched.lead.http.post("/v1/patients", json=body).json
    about = Invitation.member_id == UUID(invited["id"])
    with watched.world.transaction() as session:
        session.execute(update(Invitation).where(about).values(created_at=NOW - timedelta(hours=72)))
    with watched.world.transaction() as session:
        queue.enqueue(session, SWEEP, {}, now=NOW)
    run_jobs(watched)
    entry = watched.entry("not_activated")
    assert (entry["patient_name"], entry["next_action"]["key"]) == ("Kim", "invite_again")
    code = {"code": invited["invitation"]["code"], "password": "correct horse and", "birth_date": "1975-06-30"}
    assert watched.world.anyone().post("/v1/invitations/accept", json=code).status_code == 201
    noon.shift(timedelta(minutes=2))
    run_jobs(watched)
    assert watched.rules() == []


def test_who_may_not_come_in_any_more_is_on_no_list_from_that_moment_and_back_with_their_access(
    watched: Watched,
) -> None:
    watched.report("05", pain=9)
    watched.say(watched.patient, 30)
    watched.review()
    assert watched.rules() == ["high_pain", "unanswered_message"]
    first = watched.entry("high_pain")
    _set_disabled(watched, disabled=True)
    # Before any worker has looked.
    assert watched.rules() == []
    morning = watched.lead.http.get("/v1/morning").json
    assert (set(morning["counts"].values()), morning["patients"], morning["conversations"]) == ({0}, [], [])
    run_jobs(watched)
    assert watched.history(first)[-1] == "resolved"
    assert "high_pain" in watched.rules(state="resolved")
    _set_disabled(watched, disabled=False)
    run_jobs(watched)
    assert watched.rules() == ["high_pain", "unanswered_message"]


def _set_disabled(watched: Watched, *, disabled: bool) -> None:
    path = f"/v1/patients/{watched.patient.patient_id}"
    tag = {"If-Match": watched.lead.http.get(path).headers["ETag"]}
    answer = watched.lead.http.send("PATCH", path, json={"disabled": disabled}, headers=tag)
    assert answer.status_code == 200, answer.json


def test_a_new_invitation_and_other_response_hours_are_judged_by_without_the_sweep(watched: Watched) -> None:
    watched.report("05")
    watched.say(watched.patient, 10)
    body = {"name": "Kim", "email": f"kim-{watched.lead.member_id}@example.org", "birth_date": "1975-06-30"}
    invited = watched.lead.http.post("/v1/patients", json=body).json
    with watched.world.transaction() as session:
        about = Invitation.member_id == UUID(invited["id"])
        session.execute(update(Invitation).where(about).values(created_at=NOW - timedelta(hours=72)))
        reviewing.review(session, watched.lead.clinic_id, [UUID(invited["id"])], NOW)
    assert watched.rules() == ["not_activated"]
    assert watched.lead.http.post(f"/v1/patients/{invited['id']}/invitation").status_code == 201
    run_jobs(watched)
    assert watched.rules() == []

    manager = watched.world.manager(watched.lead.clinic_id)
    tag = {"If-Match": manager.http.get("/v1/clinic").headers["ETag"]}
    answer = manager.http.send("PATCH", "/v1/clinic", json={"response_hours": 8}, headers=tag)
    assert answer.status_code == 200, answer.json
    run_jobs(watched)
    assert watched.rules() == ["unanswered_message"]


def test_an_upload_and_a_change_of_plan_lead_to_a_review_without_anybodys_asking(
    watched: Watched, noon: time_machine.Traveller
) -> None:
    for day, pain in (("03", 1), ("04", 2), ("05", 8)):
        watched.report(day, pain=pain)
    noon.shift(timedelta(minutes=2))
    run_jobs(watched)
    assert watched.rules() == ["high_pain", "rising_pain"]
    assert watched.entry("rising_pain")["evidence"]["sessions"] == [
        {"on": "2026-05-03", "pain": 1},
        {"on": "2026-05-04", "pain": 2},
        {"on": "2026-05-05", "pain": 8},
    ]
    run_jobs(watched)
    assert watched.history(watched.entry("high_pain")) == ["opened"]


def test_entries_have_an_owner_of_the_care_team_and_come_back_to_the_lead(watched: Watched) -> None:
    watched.report("05", pain=8)
    watched.review()
    entry = watched.entry("high_pain")
    stranger = watched.world.practitioner(watched.lead.clinic_id)
    gone = watched.world.practitioner(watched.lead.clinic_id)
    watched.world.join_care_team(watched.patient, gone)
    with watched.world.transaction() as session:
        session.execute(update(Member).where(Member.id == gone.member_id).values(status=MemberStatus.DISABLED))
    for nobody in (stranger, gone, watched.patient):
        refused = watched.settle(entry, "owner", member_id=str(nobody.member_id))
        assert named(refused) == [("/member_id", "care_team")]
    assert watched.settle(entry, "owner", by=stranger, member_id=None).status_code == 404
    given = watched.settle(entry, "owner", member_id=str(watched.colleague.member_id))
    assert (given.json["owner"]["member_id"], given.json["owner"]["is_assigned"]) == (
        str(watched.colleague.member_id),
        True,
    )
    owners = (watched.colleague, watched.lead)
    counted = [len(watched.entries(owner_id=str(each.member_id))) for each in owners]
    assert counted == [1, 0]
    place = f"/v1/patients/{watched.patient.patient_id}/care-team/{watched.colleague.member_id}"
    assert watched.lead.http.delete(place).status_code == 204
    assert [len(watched.entries(owner_id=str(each.member_id))) for each in owners] == [0, 1]
    assert watched.entries(by=watched.colleague) == []
    shown = watched.lead.http.get(f"/v1/attention/{entry['id']}").json
    assert [(each["change"], each["owner_id"]) for each in shown["history"]] == [
        ("opened", None),
        ("assigned", str(watched.colleague.member_id)),
        ("assigned", None),
    ]


def test_what_is_settled_is_taken_up_again_unless_it_is_over(watched: Watched) -> None:
    (said,) = watched.report("05", pain=8)
    watched.review()
    entry = watched.entry("high_pain")
    assert watched.settle(entry, "reopen").json["state"] == "open"
    watched.settle(entry, "dismiss", reason="Seen.")
    for verb, body in (("dismiss", {"reason": "Again."}), ("owner", {"member_id": None})):
        assert named(watched.settle(entry, verb, **body)) == [("attention_id", "settled")]
    reopened = watched.settle(entry, "reopen", reason="By mistake.")
    assert (reopened.json["state"], reopened.json["history"][-1]["reason"]) == ("open", "By mistake.")
    watched.settle(entry, "dismiss", reason="Seen.")
    watched.report("06", pain=9)
    watched.review()
    assert named(watched.settle(entry, "reopen")) == [("attention_id", "replaced")]
    newer = watched.entry("high_pain")
    assert newer["id"] != entry["id"]
    watched.review(may(20))
    assert named(watched.settle(newer, "reopen")) == [("attention_id", "resolved")]
    assert said["id"] in str(watched.entry("high_pain", state="dismissed")["evidence"])


def test_lists_are_sorted_filtered_and_paged_and_only_for_those_who_may(
    watched: Watched, statements: StatementCounter
) -> None:
    others = [watch(watched.world, watched.lead) for _ in range(2)]
    annex = watched.world.location(watched.lead.clinic_id, "Annex")
    far = watched.world.patient(watched.lead, location_id=annex)
    for each in (watched, *others):
        each.report("05", pain=8)
        each.review()
    others[0].report("04", kind="skipped", skip_reason="pain")
    others[0].review()
    assert watched.rules() == ["high_pain", "high_pain", "high_pain", "skip_reasons"]
    with statements() as seen:
        first = watched.lead.http.get("/v1/attention", query_string={"limit": 3}).json
    # Who asks, the list, the record.
    assert len(seen) == 3, seen
    second = watched.lead.http.get("/v1/attention", query_string={"limit": 3, "cursor": first["next_cursor"]}).json
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [3, 1, None]
    assert len({each["id"] for each in (*first["items"], *second["items"])}) == 4
    of_one = watched.rules(patient_id=str(others[0].patient.patient_id))
    assert of_one == ["high_pain", "skip_reasons"]
    assert watched.rules(location_id=str(annex)) == []
    assert watched.rules(rule="skip_reasons") == ["skip_reasons"]
    assert len(others[0].entries(by=others[0].colleague)) == 2
    assert far.http.get("/v1/attention").status_code == 403

    entry = first["items"][0]
    looker = watched.world.practitioner(watched.lead.clinic_id)
    with watched.world.transaction() as session:
        # By the database's clock, which stands by no test.
        lasting = {"started_at": func.now(), "expires_at": func.now() + timedelta(hours=1)}
        who = {"clinic_id": looker.clinic_id, "member_id": looker.member_id, "patient_id": UUID(entry["patient_id"])}
        session.execute(insert(EmergencyAccess).values(id=new_id(), reason="Found unconscious.", **who, **lasting))
    assert looker.http.get(f"/v1/attention/{entry['id']}").status_code == 200
    assert len(watched.entries(by=looker, patient_id=entry["patient_id"])) >= 1
    assert watched.entries(by=looker) == []
    assert watched.settle(entry, "dismiss", by=looker, reason="x").status_code == 404

    manager = watched.world.manager(watched.lead.clinic_id)
    assert watched.entries(by=manager) == []
    assert manager.http.get(f"/v1/attention/{entry['id']}").status_code == 404
    with watched.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == manager.clinic_id).values(managers_may_read_records=True))
    assert len(watched.entries(by=manager)) == 4
    assert manager.http.get(f"/v1/attention/{entry['id']}").status_code == 200
    assert watched.settle(entry, "dismiss", by=manager, reason="x").status_code == 403
    for query in ({"rule": "nps"}, {"state": "gone"}, {"cursor": "abc"}, {"since": "2026-05-05"}):
        assert watched.lead.http.get("/v1/attention", query_string=query).status_code == 422


def test_a_sweep_costs_the_same_for_one_patient_and_for_many(
    world: World, noon: Any, statements: StatementCounter
) -> None:
    lead = world.practitioner(clinic_without_alarms(world))
    first = watch(world, lead)
    many = [first, *(watch(world, lead) for _ in range(3))]
    invited = [world.patient(lead) for _ in range(20)]
    for each in many:
        each.report("01", pain=8)
    ids = [each.patient.patient_id for each in many] + [each.patient_id for each in invited]
    costs = []
    for block in (ids[:1], ids[1:], ids, ids):
        with world.transaction() as session, statements() as seen:
            reviewing.review(session, lead.clinic_id, block, NOW)
        costs.append(len(seen))
    # The lock; five that look; what is known; entries, and what is told of them. Repeated, it writes nothing.
    # When the clinic is open the process knows since the plans were started.
    assert costs == [9, 9, 7, 7]
    assert len(first.entries(rule="high_pain")) == len(many)
    with world.transaction() as session, statements() as seen:
        reviewing.review(session, lead.clinic_id, ids, may(7))
    assert len(seen) == 8
    # What changes of many is one statement too.
    with world.transaction() as session, statements() as seen:
        reviewing.review(session, lead.clinic_id, ids, may(30))
    assert len(seen) == 9


def test_several_workers_at_once_open_one_entry(watched: Watched) -> None:
    watched.report("05", pain=9)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: watched.review(), range(8)))
    assert watched.rules() == ["high_pain"]
    assert watched.history(watched.entry("high_pain")) == ["opened"]


def test_a_dismissal_that_a_review_has_to_wait_for_holds(watched: Watched) -> None:
    watched.report("05", pain=9)
    watched.review()
    entry_id = watched.entry("high_pain")["id"]
    with ThreadPoolExecutor(1) as pool:
        with watched.world.transaction() as session:
            entry = session.scalars(
                select(AttentionEntry).where(AttentionEntry.id == UUID(entry_id)).with_for_update()
            ).one()
            settling.dismiss(session, watched.lead.viewer, entry, "Called.", NOW)
            watched.report("06", pain=10)
            reviewed = pool.submit(watched.review)
            assert not wait([reviewed], 0.3).done
        reviewed.result()
    # What was reported meanwhile is new; the dismissed one is left as it was dismissed.
    assert watched.history({"id": entry_id}) == ["opened", "dismissed"]
    assert watched.entry("high_pain")["id"] != entry_id


def reopening(watched: Watched, entry: Any, session: Session) -> None:
    """Reopen an entry in a transaction that goes on."""
    settling.reopen(session, watched.lead.viewer, session.get_one(AttentionEntry, key(watched, entry)), None, NOW)


def key(watched: Watched, entry: Any) -> tuple[UUID, UUID]:
    return watched.lead.clinic_id, UUID(entry["id"])


def test_of_one_rule_one_entry_is_taken_up_again_whoever_else_does_so_at_the_same_time(watched: Watched) -> None:
    seen = []
    for day in ("03", "04"):
        watched.report(day, pain=8)
        watched.review()
        seen.append(watched.entry("high_pain"))
        assert watched.settle(seen[-1], "dismiss", reason="Seen.").status_code == 200
    older, newer = seen
    with ThreadPoolExecutor(1) as pool:
        with watched.world.transaction() as session:
            reopening(watched, older, session)
            other = pool.submit(watched.settle, newer, "reopen")
            assert not wait([other], 0.5).done
        assert named(other.result()) == [("attention_id", "replaced")]
        assert watched.settle(older, "dismiss", reason="Seen.").status_code == 200
        # Nor does a review fail by it, which would have opened one of its own.
        watched.report("05", pain=9)
        with watched.world.transaction() as session:
            reopening(watched, older, session)
            reviewed = pool.submit(watched.review)
            assert not wait([reviewed], 0.5).done
        reviewed.result()
    assert watched.entry("high_pain")["id"] == older["id"]
    watched.review()
    assert watched.entry("high_pain")["evidence"]["highest_pain"] == 9
    assert watched.history(older)[-2:] == ["reopened", "renewed"]


def test_an_erasure_and_whoever_reviews_or_settles_wait_for_each_other_in_one_order(watched: Watched) -> None:
    watched.report("05", pain=9)
    watched.review()
    entry = watched.entry("high_pain")
    watched.report("05", kind="skipped", skip_reason="pain")
    clinic_id, patient_id = watched.lead.clinic_id, watched.patient.patient_id

    def dismiss() -> None:
        with watched.world.transaction() as session:
            found = attention.entry_to_change(session, watched.lead.viewer, UUID(entry["id"]))
            settling.dismiss(session, watched.lead.viewer, found, "Seen.", NOW)

    with ThreadPoolExecutor(2) as pool:
        with watched.world.transaction() as session:
            session.get_one(Patient, (clinic_id, patient_id), with_for_update=True)
            others = [pool.submit(watched.review), pool.submit(dismiss)]
            assert not wait(others, 0.5).done
            erase_insights(session, PatientErased(clinic_id, patient_id, NOW))
            session.execute(update(Patient).where(Patient.id == patient_id).values(erased_at=NOW))
        reviewed, dismissed = others
        reviewed.result()
        with pytest.raises(Problem) as refused:
            dismissed.result()
    assert refused.value.status == 404
    with watched.world.transaction() as session:
        left = select(func.count()).select_from(AttentionEntry).where(AttentionEntry.patient_id == patient_id)
        assert session.scalar(left) == 0


def test_a_patient_who_cannot_be_judged_keeps_nobody_else_from_it(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PATIENTS_AT_A_TIME", 2)
    many = [watched, *(watch(watched.world, watched.lead) for _ in range(2))]
    watched.report("04", pain=8)
    watched.review()
    with watched.world.transaction() as session:
        damaged = update(AttentionEntry).where(AttentionEntry.patient_id == watched.patient.patient_id)
        session.execute(damaged.values(evidence={}))
    for each in many:
        each.report("05", pain=9)
    with watched.world.transaction() as session:
        clinic_id = watched.lead.clinic_id
        queue.enqueue(session, SWEEP, {"clinic_id": str(clinic_id)}, now=NOW, clinic_id=clinic_id)
    with capture_logs() as told:
        run_jobs(watched)
    assert [each.rules(patient_id=str(each.patient.patient_id)) for each in many[1:]] == [["high_pain"]] * 2
    said = [each for each in told if each["event"] == "attention_not_judged"]
    assert [each["error_type"] for each in said] == ["KeyError", "KeyError"]
    assert [each.get("patient_id") for each in said] == [None, str(watched.patient.patient_id)]


def test_a_message_waits_while_the_clinic_is_open_and_other_hours_are_judged_by_at_once(watched: Watched) -> None:
    """On Tuesday at 06:00 the patient wrote; it is Wednesday noon."""
    watched.report("05")
    watched.say(watched.patient, 30, "My knee.")
    watched.review()
    assert watched.rules() == ["unanswered_message"]
    (talk,) = watched.lead.http.get("/v1/morning").json["conversations"]
    assert (talk["answer_by"], talk["is_overdue"]) == ("2026-05-06T04:00:00+00:00", True)

    manager, path = watched.world.manager(watched.lead.clinic_id), "/v1/clinic/messaging"
    day = [["08:00", "20:00"]]
    tag = {"If-Match": manager.http.get(path).headers["ETag"]}
    settled = manager.http.patch(path, json={"opening_hours": {"tue": day, "wed": day}}, headers=tag)
    assert settled.status_code == 200, settled.json
    run_jobs(watched)
    assert watched.rules() == []
    (talk,) = watched.lead.http.get("/v1/morning").json["conversations"]
    assert (talk["answer_by"], talk["is_overdue"]) == ("2026-05-06T18:00:00+00:00", False)
    watched.review(NOW + timedelta(hours=8, seconds=-1))
    assert watched.rules() == []
    watched.review(NOW + timedelta(hours=8))
    assert watched.rules() == ["unanswered_message"]
    # Closed is what needs no answer.
    assert watched.lead.http.post(f"/v1/conversations/{talk['conversation_id']}/close").status_code == 200
    run_jobs(watched)
    assert watched.rules() == []


def test_what_its_sender_takes_back_waits_no_more_at_once(watched: Watched) -> None:
    watched.report("05")
    watched.say(watched.patient, 30, "My knee.")
    watched.review()
    assert watched.rules() == ["unanswered_message"]
    (talk,) = watched.lead.http.get("/v1/morning").json["conversations"]
    path = f"/v1/conversations/{talk['conversation_id']}/messages/1/withdraw"
    assert watched.patient.http.post(path).status_code == 200
    run_jobs(watched)
    assert watched.rules() == []


def _answer_within(session: Session, watched: Watched, hours: int) -> None:
    promised = {"response_hours": hours, "version": Clinic.version + 1}
    session.execute(update(Clinic).where(Clinic.id == watched.lead.clinic_id).values(promised))
