"""Red flags: what raises one, who hears of it, and that a person acknowledges what they have seen."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from hep_api.messaging.models.flags import RedFlag, RedFlagCause
from tests.counting import StatementCounter
from tests.messaging.alerting import ALARMING, CALM, Alerting, make_alerting
from tests.messaging.conftest import Scene, make_scene, named
from tests.messaging.hearing import told
from tests.messaging.test_staff import open_staff


@pytest.fixture
def alerting(scene: Scene) -> Alerting:
    return make_alerting(scene)


def test_a_phrase_shows_the_emergency_text_at_once_and_calls_the_care_team(alerting: Alerting) -> None:
    talk, leader = alerting.talk, alerting.talk.world.manager(alerting.lead.clinic_id)
    talk.say(alerting.patient, CALM)
    assert alerting.flags() == []
    with told(talk.world.app) as heard:
        [said] = talk.say(alerting.patient, ALARMING)
    [notice] = alerting.messages("notice")
    assert (notice["seq"], notice["sender_id"], notice["card"]["type"]) == (said["seq"] + 1, None, "emergency")
    assert heard.names_to(alerting.patient) == ["message.created"] * 2
    for staff in (alerting.lead, alerting.colleague):
        assert heard.names_to(staff) == ["message.created"] * 2 + ["flag.raised"]
    assert heard.to(leader) == []
    flag = alerting.flag()
    assert heard.to(alerting.lead)[-1][1] == flag
    assert [(each["kind"], each["phrase"], each["seq"], each["pain"]) for each in flag["causes"]] == [
        ("phrase", "can't breathe", said["seq"], None),
        ("phrase", "chest pain", said["seq"], None),
    ]
    assert (flag["state"], flag["held_by"], flag["round"]) == ("open", str(alerting.lead.member_id), 1)
    assert flag["cause_count"] == 2
    assert flag["leaders_told_at"] is None


def test_only_words_of_the_patient_raise_a_flag_and_sending_again_raises_none(alerting: Alerting) -> None:
    talk = alerting.talk
    talk.say(alerting.lead, ALARMING)
    among = Scene(talk.world, talk.lead, talk.patient, open_staff(alerting.lead, alerting.patient).json["id"])
    among.say(alerting.lead, ALARMING)
    assert alerting.flags() == []
    client_id = "018f0000-0000-7000-8000-000000000001"
    for _ in range(2):
        assert talk.send(alerting.patient, ALARMING, client_id=client_id).status_code == 201
    assert alerting.flag()["cause_count"] == 2
    assert len(alerting.messages("notice")) == 1


def test_a_flag_is_spoken_about_among_staff_only_in_the_same_words_whether_there_is_one(alerting: Alerting) -> None:
    talk = alerting.talk
    talk.say(alerting.patient, ALARMING)
    about = {"kind": "flag", "id": alerting.flag()["id"]}
    for person in (alerting.lead, alerting.patient):
        for asked in (about, {**about, "id": str(uuid4())}):
            refused = talk.send(person, "about that", about=asked)
            assert named(refused) == (422, "invalid_input", [("/about/id", "about")])
            assert refused.get_json()["errors"][0]["detail"] == "A red flag is spoken about among staff only."
    among = Scene(talk.world, talk.lead, talk.patient, open_staff(alerting.lead, alerting.patient).json["id"])
    assert among.send(alerting.lead, "about that", about=about).get_json()["about"] == about


def test_a_message_without_a_phrase_costs_what_it_would_cost_without_red_flags(
    alerting: Alerting, statements: StatementCounter
) -> None:
    alerting.talk.say(alerting.patient, CALM)
    with statements() as seen:
        alerting.talk.say(alerting.patient, CALM)
    assert len(seen) == 4, seen


def test_pain_at_or_over_the_threshold_raises_a_flag_once_for_each_entry(alerting: Alerting) -> None:
    strong, mild = alerting.event(8), alerting.event(7)
    old = alerting.event(10, hours_ago=7 * 24 + 1)
    assert alerting.upload(mild, old)["emergency"] is None
    assert alerting.flags() == []
    answer = alerting.upload(strong)
    notice = alerting.messages("notice")[-1]
    assert answer["emergency"]["text"] == notice["body"]
    [cause] = alerting.flag()["causes"]
    assert (cause["kind"], cause["event_id"], cause["pain"]) == ("pain", strong["id"], 8)
    assert cause["performed_on"] == strong["performed_on"]
    assert alerting.upload(strong)["emergency"] == answer["emergency"], "the first answer may have been lost"
    alerting.upload(alerting.correction(strong, pain=10), alerting.correction(mild, pain=7))
    assert alerting.flag()["cause_count"] == 1
    alerting.upload(alerting.correction(mild, 2, pain=9), alerting.correction(strong, 2, pain=0))
    assert [each["pain"] for each in alerting.flag()["causes"]] == [8, 9]
    assert len(alerting.messages("notice")) == 2
    alerting.upload(alerting.event(9), by=alerting.lead)
    assert alerting.flag()["cause_count"] == 3


def test_a_whole_upload_of_pain_is_one_alert_at_a_bounded_cost(
    alerting: Alerting, statements: StatementCounter
) -> None:
    alerting.settle(card_on_pain=None)
    alerting.upload(alerting.event(3))
    costs = []
    for count in (2, 500):
        with statements() as seen:
            alerting.upload(*(alerting.event(10) for _ in range(count)))
        costs.append(len(seen))
    flag = alerting.flag()
    assert (flag["cause_count"], len(flag["causes"]), len(alerting.messages("notice"))) == (22, 20, 2)
    assert costs[1] <= costs[0]
    with statements() as seen:
        alerting.flags()
    assert len(seen) == 4, seen  # who asks; the flags; their causes; the record


def test_a_clinic_settles_its_own_threshold_and_phrases(alerting: Alerting) -> None:
    own = {"phrase": "Knacken*", "language": None}
    alerting.settle(red_flag_pain=None, red_flag_phrases=[own], red_flag_shipped_phrases=False)
    alerting.talk.say(alerting.patient, ALARMING)
    alerting.upload(alerting.event(10))
    assert alerting.flags() == []
    alerting.talk.say(alerting.patient, "Es knackend laut")
    assert [each["phrase"] for each in alerting.flag()["causes"]] == ["Knacken*"]
    alerting.settle(red_flag_pain=0, red_flag_phrases=[])
    alerting.talk.say(alerting.patient, "knacken")
    alerting.upload(alerting.event(0))
    assert [each["pain"] for each in alerting.flag()["causes"]] == [None, 0]


def test_nobody_acknowledges_what_they_have_not_seen_and_the_second_hears_who_was_first(alerting: Alerting) -> None:
    talk = alerting.talk
    talk.say(alerting.patient, "chest pain")
    seen = alerting.flag()
    talk.say(alerting.patient, "and I fainted")
    too_early = alerting.acknowledge(seen)
    assert named(too_early) == (409, "conflict", [("/cause_count", "more_causes")])
    assert named(alerting.acknowledge(seen, cause_count=9)) == (422, "invalid_input", [("/cause_count", "range")])
    assert named(alerting.acknowledge(seen, cause_count=0))[0] == 422
    flag = alerting.flag()
    with told(talk.world.app) as heard:
        done = alerting.acknowledge(flag, by=alerting.colleague, note="Called 112.")
    assert done.status_code == 200, done.json
    assert (done.json["state"], done.json["acknowledged_by"]) == ("acknowledged", str(alerting.colleague.member_id))
    assert (done.json["note"], done.json["passes_on_at"]) == ("Called 112.", None)
    assert [each["kind"] for each in done.json["steps"]] == ["raised", "cause_added", "acknowledged"]
    assert heard.names_to(alerting.lead) == ["flag.changed"]
    assert heard.to(alerting.patient) == []
    again = alerting.acknowledge(seen, note="Me too.")
    assert (again.status_code, again.json) == (200, done.json)
    assert alerting.flags() == []
    talk.say(alerting.patient, "chest pain again")
    assert alerting.flag()["id"] != flag["id"]
    assert [each["id"] for each in alerting.flags(state="acknowledged")] == [flag["id"]]


def test_flags_are_for_the_care_team_and_for_leaders_as_the_clinics_policy_says(alerting: Alerting) -> None:
    world, clinic_id = alerting.talk.world, alerting.lead.clinic_id
    alerting.talk.say(alerting.patient, "chest pain")
    flag = alerting.flag()
    stranger, leader = world.practitioner(clinic_id), world.manager(clinic_id)
    abroad = make_scene(world).lead
    for other in (stranger, leader, abroad):
        assert alerting.flags(other) == []
        assert alerting.flags(other, patient_id=str(alerting.patient.patient_id)) == []
        assert other.http.get(f"/v1/flags/{flag['id']}").status_code == 404
        assert alerting.acknowledge(flag, by=other).status_code in (403, 404)
    for path in ("/v1/flags", f"/v1/flags/{flag['id']}", "/v1/clinic/unacknowledged-flags"):
        assert alerting.patient.http.get(path).status_code == 403
    mine = {"patient_id": str(alerting.patient.patient_id), "held_by": str(alerting.lead.member_id)}
    assert alerting.flags(alerting.colleague, **mine, location_id=str(clinic_id)) == [flag]
    assert alerting.flags(held_by=str(alerting.colleague.member_id)) == []
    assert alerting.flags(location_id=str(stranger.member_id)) == []
    assert alerting.in_full(flag["id"])["steps"][0]["member_id"] == str(alerting.lead.member_id)


def test_causes_that_come_at_the_same_time_make_one_flag(alerting: Alerting) -> None:
    talk, phones = alerting.talk, [alerting.talk.world.sign_in(alerting.patient) for _ in range(6)]
    event = alerting.event(9)
    work: list[Any] = [lambda phone=phone: talk.send(phone, "chest pain") for phone in phones[:4]]
    work += [lambda phone=phone: alerting.upload(event, by=phone) for phone in phones[4:]]
    threads = [threading.Thread(target=each) for each in work]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    of_patient = RedFlag.patient_id == alerting.patient.patient_id
    with talk.world.transaction() as session:
        flag = session.scalars(select(RedFlag).where(of_patient)).one()
        numbers = session.scalars(
            select(RedFlagCause.number).where(RedFlagCause.flag_id == flag.id).order_by(RedFlagCause.number)
        ).all()
        assert (flag.causes, list(numbers)) == (5, [1, 2, 3, 4, 5])
        assert session.scalar(select(func.count()).where(of_patient)) == 1
    assert len(alerting.messages("notice")) == 5
