"""A batch is answered item by item: what is taken, what is a repeat, what is refused, and what then stands."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from hep_api.clinics.models import Clinic
from tests.adherence.conftest import TODAY, TOMORROW, YESTERDAY, Scene, at, begin, correction, event
from tests.plans import making

WITHOUT_THE_LOCK = """
    INSERT INTO adherence_event
    SELECT (jsonb_populate_record(e, jsonb_build_object('id', i.id, 'entry_id', i.id, 'seq', 99))).*
      FROM adherence_event AS e, cast(:id AS text) AS i(id) WHERE e.id = :of
"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_an_event_is_recorded_as_sent_with_what_the_server_adds(scene: Scene) -> None:
    sent = event(
        scene.daily,
        slot=1,
        sets=3,
        reps=10,
        load={"unit": "kg", "value": 2.5},
        pain=3,
        effort=7,
        difficulty="right",
        comment="Ça va 💪\nno swelling",
    )
    (answer,) = scene.upload(sent).get_json()["outcomes"]
    assert answer == {"index": 0, "id": sent["id"], "outcome": "applied", "error": None, "warnings": []}
    (shown,) = scene.patient.http.get(f"/v1/patients/{scene.patient.member_id}/events").get_json()["items"]
    assert {name: shown[name] for name in sent if name != "load"} == {
        name: value for name, value in sent.items() if name != "load"
    }
    assert shown["load"] == {"unit": "kg", "value": 2.5, "colour": None}
    assert (shown["entry_id"], shown["revision"], shown["seq"]) == (sent["id"], 0, 1)
    assert (shown["source"], shown["recorded_by"]) == ("patient", str(scene.patient.member_id))
    assert (shown["late"], shown["batched"]) == (False, False)
    assert shown["target"]["exercise"] == "Squat"
    assert shown["target"]["dose"]["reps"] == 10
    assert shown["target"]["schedule"] == {"kind": "daily", "times_per_day": 1}


def test_a_batch_is_answered_in_order_and_a_bad_item_blocks_no_other(scene: Scene) -> None:
    good, other = event(scene.daily), event(scene.daily, YESTERDAY)
    taken = event(scene.daily, YESTERDAY)
    scene.upload(taken)
    poison: list[Any] = [None, 7, "text", [], {}, {"id": {}}, {"id": "x" * 100_000}, {"\ud800": 1}, [[[[{}]]]]]
    items = [good, *poison, event(scene.daily, pain=11), {**taken, "pain": 1}, taken, good, other]
    answers = scene.upload(*items).get_json()["outcomes"]
    assert [answer["index"] for answer in answers] == list(range(len(items)))
    assert [answer["outcome"] for answer in answers] == [
        "applied",
        *["rejected"] * len(poison),
        "rejected",
        "conflict",
        "duplicate",
        "duplicate",
        "applied",
    ]
    assert all((answer["error"] is None) == (answer["outcome"] in ("applied", "duplicate")) for answer in answers)
    assert scene.day(TODAY).done == 1


def test_the_same_batch_again_changes_nothing(scene: Scene) -> None:
    items = [event(scene.daily, sets=2), event(scene.daily, YESTERDAY, "skipped", skip_reason="pain")]
    assert scene.outcomes(*items) == ["applied", "applied"]
    before = scene.stand()
    assert scene.outcomes(*items) == ["duplicate", "duplicate"]
    assert scene.stand() == before


def test_a_repeat_is_known_however_its_json_is_spelled(scene: Scene) -> None:
    sent = event(scene.daily, sets=3)
    scene.upload(sent)
    spelled = {**sent, "sets": 3.0, "entry_id": sent["id"], "revision": 0, "pain": None, "id": sent["id"].upper()}
    assert scene.outcomes(spelled) == ["duplicate"]


def test_a_repeat_stays_a_repeat_however_late_it_comes(scene: Scene, noon: Any) -> None:
    sent = event(scene.daily)
    scene.upload(sent)
    noon.move_to("2026-12-06T10:00:00+00:00")
    patient = scene.world.sign_in(scene.patient)
    assert scene.outcomes(sent, by=patient) == ["duplicate"]


def test_an_id_used_with_another_body_is_a_conflict_and_changes_nothing(scene: Scene) -> None:
    sent = event(scene.daily, sets=3)
    scene.upload(sent)
    assert scene.refusal({**sent, "sets": 2}) == ("conflict", "/id", "conflict")


def test_twice_the_same_id_in_one_batch_is_a_duplicate_or_a_conflict(scene: Scene) -> None:
    sent = event(scene.daily)
    assert scene.outcomes(sent, sent, {**sent, "pain": 4}) == ["applied", "duplicate", "conflict"]
    assert scene.day(TODAY).entries == 1


def test_what_somebody_wrote_without_the_lock_counts_and_is_asked_for_again(scene: Scene) -> None:
    first, second, third = (event(scene.daily) for _ in range(3))
    scene.upload(first)
    with ThreadPoolExecutor(1) as phones:
        with scene.world.transaction() as session:
            session.execute(text(WITHOUT_THE_LOCK), {"id": second["id"], "of": first["id"]})
            answered = phones.submit(scene.outcomes, second, third)
            while not (session.scalar(text(WAITING)) or answered.done()):
                sleep(0.01)
        assert answered.result() == ["retry", "applied"]
    assert (scene.day(TODAY).entries, len(scene.stand()[0])) == (3, 3)


def test_an_id_belongs_to_its_patient(scene: Scene) -> None:
    sent = event(scene.daily)
    neighbour = scene.world.patient(scene.lead)
    theirs = begin(scene.world, scene.lead, neighbour, {"kind": "daily", "times_per_day": 1})
    assert theirs.outcomes(event(theirs.daily, id=sent["id"], pain=9)) == ["applied"]
    assert scene.outcomes(sent) == ["applied"]


def test_a_batch_of_501_is_refused_as_a_whole(scene: Scene) -> None:
    items = [event(scene.daily) for _ in range(501)]
    response = scene.upload(*items)
    assert response.status_code == 422
    assert [(each["field"], each["rule"]) for each in response.get_json()["errors"]] == [("/events", "length")]
    assert scene.stand()[0] == []
    assert set(scene.outcomes(*items[:500])) == {"applied"}


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({"events": []}, "/events", "length"),
        ({"events": {}}, "/events", "type"),
        ({"events": None}, "/events", "null"),
        ({}, "/events", "required"),
        ({"events": [{}], "more": 1}, "/more", "unknown"),
    ],
)
def test_a_batch_that_is_none_is_refused(scene: Scene, body: Any, field: str, rule: str) -> None:
    response = scene.patient.http.post(f"/v1/patients/{scene.patient.member_id}/events", json=body)
    assert response.status_code == 422
    assert (field, rule) in [(each["field"], each["rule"]) for each in response.get_json()["errors"]]


def test_json_nested_a_hundred_deep_is_refused(scene: Scene) -> None:
    body = '{"events": ' + "[" * 100 + "]" * 100 + "}"
    path = f"/v1/patients/{scene.patient.member_id}/events"
    response = scene.patient.http.post(path, data=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.get_json()["code"]) == (400, "malformed_json")


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"pain": 11}, "/pain", "range"),
    ({"pain": -1}, "/pain", "range"),
    ({"pain": 2.5}, "/pain", "type"),
    ({"pain": "3"}, "/pain", "type"),
    ({"pain": True}, "/pain", "type"),
    ({"effort": 11}, "/effort", "range"),
    ({"sets": -1}, "/sets", "range"),
    ({"sides": 3}, "/sides", "range"),
    ({"slot": 0}, "/slot", "range"),
    ({"reps": 10**17}, "/reps", "range"),
    ({"reps": 10**30}, "/reps", "range"),
    ({"version": 0}, "/version", "range"),
    ({"version": ...}, "/version", "required"),
    ({"kind": "finished"}, "/kind", "choice"),
    ({"kind": None}, "/kind", "null"),
    ({"skip_reason": "lazy"}, "/skip_reason", "choice"),
    ({"difficulty": []}, "/difficulty", "choice"),
    ({"id": "1"}, "/id", "uuid"),
    ({"prescription_id": ...}, "/prescription_id", "required"),
    ({"performed_at": "2026-05-06T10:00:00"}, "/performed_at", "instant"),
    ({"performed_at": "2026-05-06"}, "/performed_at", "instant"),
    ({"performed_at": "infinity"}, "/performed_at", "instant"),
    ({"performed_at": 1778061600}, "/performed_at", "instant"),
    ({"performed_on": "06.05.2026"}, "/performed_on", "date"),
    ({"performed_on": "20000-01-01"}, "/performed_on", "date"),
    ({"zone": "Mars/Olympus"}, "/zone", "zone"),
    ({"zone": "../etc/passwd"}, "/zone", "zone"),
    ({"comment": "a\x00b"}, "/comment", "text"),
    ({"comment": "half \ud83d"}, "/comment", "text"),
    ({"comment": "x" * 2001}, "/comment", "length"),
    ({"load": {"unit": "stone", "value": 1}}, "/load/unit", "choice"),
    ({"load": {"unit": "kg"}}, "/load/value", "range"),
    ({"mood": "good"}, "/mood", "unknown"),
    ({"clinic_id": str(uuid4())}, "/clinic_id", "unknown"),
    ({"received_at": at(TODAY)}, "/received_at", "unknown"),
    ({"kind": "partial"}, "/sets", "amount"),
    ({"kind": "partial", "load": {"unit": "kg", "value": 2}}, "/sets", "amount"),
    ({"kind": "void"}, "/entry_id", "correction"),
    ({"revision": 1}, "/entry_id", "correction"),
    ({"entry_id": str(uuid4())}, "/revision", "correction"),
    ({"performed_at": "1970-01-01T00:00:00+00:00", "performed_on": "1970-01-01"}, "/performed_at", "too_old"),
    ({"performed_at": "2027-05-06T10:00:00+00:00", "performed_on": "2027-05-06"}, "/performed_at", "in_future"),
    ({"performed_on": "2026-05-04"}, "/performed_on", "far_from_performed_at"),
    ({"performed_on": "2026-05-08"}, "/performed_on", "far_from_performed_at"),
    ({"prescription_id": str(uuid4())}, "/prescription_id", "unknown"),
    ({"version": 2}, "/version", "unknown"),
]


def test_a_wrong_item_is_rejected_with_its_field_and_rule_and_nothing_changes(scene: Scene) -> None:
    before = scene.stand()
    items = [event(**{"prescription_id": scene.daily, **fields}) for fields, _, _ in REFUSED]
    answers = scene.upload(*items).get_json()["outcomes"]
    assert [(each["outcome"], each["error"]["field"], each["error"]["rule"]) for each in answers] == [
        ("rejected", field, rule) for _, field, rule in REFUSED
    ]
    assert all(each["error"]["detail"] for each in answers)
    assert scene.stand() == before
    assert scene.outcomes(event(scene.daily)) == ["applied"]


def test_an_event_for_another_patients_prescription_is_rejected_like_an_unknown_one(scene: Scene) -> None:
    neighbour = scene.world.patient(scene.lead)
    theirs = begin(scene.world, scene.lead, neighbour, {"kind": "daily", "times_per_day": 1})
    abroad = scene.world.practitioner(scene.world.clinic())
    foreign = begin(scene.world, abroad, scene.world.patient(abroad), {"kind": "daily", "times_per_day": 1})
    answers = scene.upload(*(event(each) for each in (theirs.daily, foreign.daily, uuid4()))).get_json()["outcomes"]
    assert [answer["outcome"] for answer in answers] == ["rejected"] * 3
    assert len({str(answer["error"]) for answer in answers}) == 1
    assert theirs.day(TODAY).entries == foreign.day(TODAY).entries == 0


class TestTime:
    """Sixty days of 24 hours back and 26 hours ahead of the server's clock, both to the second."""

    def test_the_bounds_are_inclusive(self, scene: Scene) -> None:
        instants = {
            "2026-03-07T10:00:00+00:00": "applied",
            "2026-03-07T09:59:59+00:00": "rejected",
            "2026-03-07T23:59:59+14:00": "rejected",
            "2026-05-07T12:00:00+00:00": "applied",
            "2026-05-07T12:00:01+00:00": "rejected",
            "2026-05-08T01:59:00+14:00": "applied",
        }
        items = [event(scene.daily, performed_at=each, performed_on=each[:10]) for each in instants]
        assert scene.outcomes(*items) == list(instants.values())

    def test_the_day_as_lived_may_be_one_off_the_instants_own(self, scene: Scene) -> None:
        lived = (YESTERDAY, TODAY, TOMORROW)
        assert scene.outcomes(*(event(scene.daily, each, performed_at=at(TODAY)) for each in lived)) == ["applied"] * 3
        assert [scene.day(each).done for each in lived] == [1, 1, 1]

    def test_the_clinic_says_how_many_days_back(self, scene: Scene) -> None:
        with scene.world.transaction() as session:
            session.get_one(Clinic, scene.lead.clinic_id).events_accepted_days_back = 1
        assert scene.refusal(event(scene.daily, "2026-05-04")) == ("rejected", "/performed_at", "too_old")
        assert scene.outcomes(event(scene.daily, performed_at="2026-05-05T12:00:00+02:00")) == ["applied"]

    def test_an_event_is_late_after_a_day_and_batched_with_others(self, scene: Scene) -> None:
        exactly, over = "2026-05-05T10:00:00+00:00", "2026-05-05T09:59:59+00:00"
        sent = [event(scene.daily, YESTERDAY, performed_at=each) for each in (exactly, over)]
        scene.upload(*sent)
        assert [(each.late, each.batched) for each in scene.stand()[0]] == [(False, True), (True, True)]


class TestOverThePrescription:
    def test_over_twice_the_planned_volume_is_taken_with_a_warning(self, scene: Scene) -> None:
        answers = scene.upload(event(scene.daily, sets=6), event(scene.daily, sets=7)).get_json()["outcomes"]
        assert [answer["outcome"] for answer in answers] == ["applied", "applied"]
        assert answers[0]["warnings"] == []
        assert [(each["field"], each["rule"]) for each in answers[1]["warnings"]] == [("/sets", "over_twice_planned")]

    def test_a_day_on_which_nothing_is_due_takes_events_as_extra(self, scene: Scene) -> None:
        # Before the plan began.
        with_past = event(scene.daily, "2026-03-08", performed_at=at("2026-03-08"))
        assert scene.outcomes(with_past) == ["applied"]
        ended = scene.plan.send("POST", "/end", {"discharge_reason": "goals_met"})
        assert ended.status_code < 300, ended.get_json()
        assert scene.outcomes(event(scene.daily)) == ["applied"]
        row = scene.day(TODAY)
        assert (row.expected, row.completed, row.done) == (0, 1, 0)


class TestCorrections:
    def test_a_correction_moves_an_entry_to_another_day(self, scene: Scene) -> None:
        first = event(scene.daily, "2026-04-20")
        scene.upload(first)
        assert scene.day("2026-04-20").done == 1
        moved = correction(first, performed_on="2026-04-21", reason="It was Tuesday.")
        assert scene.outcomes(moved) == ["applied"]
        assert (scene.day("2026-04-20").done, scene.day("2026-04-21").done) == (0, 1)

    def test_a_void_takes_the_entry_out(self, scene: Scene) -> None:
        first = event(scene.daily)
        assert scene.outcomes(first, correction(first, kind="void")) == ["applied", "applied"]
        assert (scene.day(TODAY).done, scene.day(TODAY).entries) == (0, 0)

    def test_a_correction_may_come_before_what_it_corrects(self, scene: Scene) -> None:
        first = event(scene.daily, sets=1)
        newer = correction(first, revision=2, sets=3)
        older = correction(first, revision=1, kind="void")
        assert scene.outcomes(newer, older, first) == ["applied"] * 3
        assert (scene.day(TODAY).done, scene.day(TODAY).entries) == (1, 1)

    def test_a_correction_to_another_prescription_is_rejected(self, scene: Scene) -> None:
        first = event(scene.daily)
        scene.upload(first)
        astray = correction(first, prescription_id=str(scene.prescriptions[1]))
        assert scene.refusal(astray) == ("rejected", "/prescription_id", "other_than_entry")

    def test_one_that_came_before_its_original_loses_its_effect(self, scene: Scene) -> None:
        quota = scene.prescriptions[1]
        first = event(scene.daily)
        astray = correction(first, prescription_id=str(quota))
        assert scene.outcomes(astray) == ["applied"]
        assert scene.day(TODAY, quota).entries == 1
        assert scene.outcomes(first) == ["applied"]
        assert scene.day(TODAY).done == 1
        assert [row.entries for row in scene.days("2026-05-04", "2026-05-10") if row.prescription_id == quota] == [0]

    def test_an_entry_is_named_by_its_first_event_and_not_by_a_correction(self, scene: Scene) -> None:
        first = event(scene.daily)
        second = correction(first)
        scene.upload(first, second)
        third = {**correction(first, revision=2), "entry_id": second["id"]}
        assert scene.refusal(third) == ("rejected", "/entry_id", "not_an_entry")

    def test_all_events_of_an_entry_are_kept_with_actor_and_reason(self, scene: Scene) -> None:
        first = event(scene.daily)
        scene.upload(first)
        scene.upload(correction(first, sets=2, reason="Counted wrong."), by=scene.lead)
        kept = scene.lead.http.get(f"/v1/patients/{scene.patient.member_id}/events").get_json()["items"]
        assert [(each["source"], each["reason"]) for each in kept] == [
            ("patient", None),
            ("practitioner", "Counted wrong."),
        ]
        assert kept[1]["recorded_by"] == str(scene.lead.member_id)


def test_events_against_a_version_taken_out_of_force_are_still_taken(scene: Scene) -> None:
    later = {**making.DOSE, "reps": 20}
    items = [making.carried_item(scene.daily, dose=later)]
    making.publish(scene.plan, *items, effective_on="2026-04-30")
    making.publish(scene.plan, *items, effective_on="2026-04-20")
    assert scene.outcomes(event(scene.daily, version=2, reps=10)) == ["applied"]
    assert scene.day(TODAY).volume_numerator / scene.day(TODAY).volume_denominator == 0.5
