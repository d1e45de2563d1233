"""Who saw a patient between two days, and the whole record for owners."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from hep_api.audit import queries
from hep_api.audit.queries import Span
from hep_api.clinics.models import Member
from tests.audit.reading import record_of
from tests.counting import StatementCounter
from tests.world import Person, World

TODAY = datetime.now(ZoneInfo("Europe/Berlin")).date()


class Care:
    """A patient, the lead, an owner; and what is asked of the record."""

    def __init__(self, world: World) -> None:
        self.world = world
        clinic_id = world.clinic()
        self.owner, self.lead = world.owner(clinic_id), world.practitioner(clinic_id)
        self.patient = world.patient(self.lead)

    def path(self, rest: str) -> str:
        return f"/v1/patients/{self.patient.patient_id}/{rest}"

    def seen(self, by: Person, **query: Any) -> list[dict[str, Any]]:
        answer = by.http.get(self.path("accesses"), query_string=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    def backdate(self, seq: int, at: datetime) -> None:
        """Put an entry at another time; the chain is not looked at here."""
        with self.world.transaction() as session:
            row = {"clinic": self.owner.clinic_id, "seq": seq, "at": at}
            session.execute(text("UPDATE audit_entry SET at = :at WHERE clinic_id = :clinic AND seq = :seq"), row)


@pytest.fixture
def care(world: World) -> Care:
    return Care(world)


def test_a_patient_sees_who_saw_them_what_and_how_often(care: Care) -> None:
    for _ in range(3):
        care.lead.http.get(care.path("today"))
    care.lead.http.get(care.path("plans"))
    care.patient.http.get(care.path("today"))
    plans, today = care.seen(care.patient)
    assert (today["action"], today["times"], today["on"]) == ("get_today", 3, TODAY.isoformat())
    assert today["what"].startswith("Show what is due on a day")
    assert today["member"] == {
        "id": str(care.lead.member_id),
        "role": "practitioner",
        "name": name_of(care.world, care.lead),
    }
    assert (plans["action"], plans["times"], plans["emergency_access_id"]) == ("list_plans", 1, None)
    assert today["first_at"] < today["last_at"] < plans["first_at"]


def test_what_the_patient_did_is_told_when_asked_for(care: Care) -> None:
    care.patient.http.get(care.path("today"))
    assert care.seen(care.patient) == []
    [own] = [each for each in care.seen(care.patient, own="true") if each["action"] == "get_today"]
    assert own["member"]["role"] == "patient"


def test_what_was_refused_is_not_told(care: Care) -> None:
    stranger = care.world.practitioner(care.owner.clinic_id)
    assert stranger.http.get(care.path("today")).status_code == 404
    assert care.seen(care.patient) == []


def test_an_emergency_is_told(care: Care) -> None:
    body = {"patient_id": str(care.patient.patient_id), "reason": "Found unconscious."}
    taken = care.owner.http.post("/v1/emergency-accesses", json=body).json["id"]
    care.owner.http.get(care.path("plans"))
    told = [(each["action"], each["emergency_access_id"]) for each in care.seen(care.patient)]
    assert told == [("list_plans", taken), ("take_emergency_access", taken)]


def test_days_are_the_patients_and_both_are_included(care: Care) -> None:
    for _ in range(4):
        care.lead.http.get(care.path("plans"))
    berlin = ZoneInfo("Europe/Berlin")
    just_before, just_after = datetime(2026, 3, 27, 23, 59, tzinfo=berlin), datetime(2026, 3, 28, 0, 1, tzinfo=berlin)
    across_the_change = datetime(2026, 3, 29, 23, 59, tzinfo=berlin)  # that night summer time began
    for seq, at in enumerate((just_before, just_after, across_the_change, across_the_change), 1):
        care.backdate(seq, at)

    def days(first: str, last: str) -> list[tuple[str, int]]:
        return [(each["on"], each["times"]) for each in care.seen(care.patient, **{"from": first, "to": last})]

    assert days("2026-03-27", "2026-03-29") == [("2026-03-29", 2), ("2026-03-28", 1), ("2026-03-27", 1)]
    assert days("2026-03-28", "2026-03-28") == [("2026-03-28", 1)]
    assert days("2026-03-30", "2026-04-30") == []


def test_pages_hold_each_once_whatever_is_added_meanwhile(care: Care) -> None:
    for rest in ("today", "plans", "events", "offline", "adherence"):
        assert care.lead.http.get(care.path(rest)).status_code == 200
    told: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = care.patient.http.get(care.path("accesses"), query_string=query).json
        told += [each["action"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
        care.lead.http.get(care.path("today"))
    assert sorted(told) == ["get_offline", "get_patient_adherence", "get_today", "list_events", "list_plans"]


def test_who_may_ask(care: Care) -> None:
    manager, stranger = care.world.manager(care.owner.clinic_id), care.world.practitioner(care.owner.clinic_id)
    for person, status in ((care.lead, 200), (manager, 200), (care.owner, 200), (stranger, 404)):
        assert person.http.get(care.path("accesses")).status_code == status
    assert stranger.http.get(f"/v1/patients/{uuid4()}/accesses").status_code == 404
    for person in (care.lead, manager, care.patient):
        assert person.http.get("/v1/audit").status_code == 403


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ({"from": "2026-05-02"}, "/to", "required"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "/to", "order"),
        ({"from": "2025-01-01", "to": "2026-01-02"}, "/to", "range"),
        ({"cursor": "abc"}, "/cursor", "cursor"),
        ({"own": "yes"}, "/own", "type"),
    ],
)
def test_what_makes_no_sense_is_refused(care: Care, query: dict[str, str], field: str, rule: str) -> None:
    answer = care.patient.http.get(care.path("accesses"), query_string=query)
    assert answer.status_code == 422
    assert [(each["field"], each["rule"]) for each in answer.json["errors"]] == [(field, rule)]


def test_the_ends_of_the_calendar_are_days_like_others(care: Care) -> None:
    for first, last in (("1900-01-01", "1900-12-31"), ("2199-01-01", "2199-12-31")):
        assert care.seen(care.patient, **{"from": first, "to": last}) == []
    assert care.seen(care.patient, to="1900-01-01") == []


def listed(care: Care, **query: Any) -> TestResponse:
    answer = care.owner.http.get("/v1/audit", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer


def test_owners_read_the_record_entry_by_entry_and_filtered(care: Care) -> None:
    stranger = care.world.practitioner(care.owner.clinic_id)
    care.lead.http.get(care.path("today"))
    stranger.http.get(care.path("today"))
    care.lead.http.get("/v1/patients")
    items = listed(care).json["items"]
    assert [(each["seq"], each["action"], each["outcome"]) for each in items] == [
        (3, "list_patients", "allowed"),
        (2, "get_today", "denied"),
        (1, "get_today", "allowed"),
    ]
    [denied] = listed(care, outcome="denied").json["items"]
    assert (denied["member"]["id"], denied["subject"]) == (str(stranger.member_id), {"code": "not_found"})
    assert denied["patient_id"] == str(care.patient.patient_id)
    assert seqs(care, member_id=str(care.lead.member_id)) == [3, 1]
    assert seqs(care, patient_id=str(care.patient.patient_id)) == [2, 1]
    assert seqs(care, action="list_patients", member_id=str(care.lead.member_id)) == [3]
    assert seqs(care, emergency="true") == []
    assert seqs(care, member_id=str(uuid4())) == []


def seqs(care: Care, **query: Any) -> list[int]:
    return [each["seq"] for each in listed(care, **query).json["items"]]


def test_owners_turn_pages_and_ask_for_days(care: Care) -> None:
    for _ in range(5):
        care.lead.http.get("/v1/patients")
    first = listed(care, limit=3).json
    rest = listed(care, limit=3, cursor=first["next_cursor"]).json
    assert [each["seq"] for each in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    for seq, day in enumerate((10, 20, 30), 1):
        care.backdate(seq, datetime(2026, 1, day, 12, tzinfo=UTC))
    assert seqs(care, **{"from": "2026-01-20", "to": "2026-01-30"}) == [3, 2]


def test_the_hash_that_owners_see_is_the_one_to_keep(care: Care) -> None:
    care.lead.http.get("/v1/patients")
    [entry] = record_of(care.world, care.owner.clinic_id)
    assert listed(care).json["items"][0]["hash"] == entry.hash.hex()


def test_lists_cost_the_same_however_long(care: Care, statements: StatementCounter) -> None:
    costs = []
    for path in (care.path("accesses"), "/v1/audit"):
        for _ in range(2):
            care.lead.http.get(care.path("today"))
            with statements() as seen:
                assert care.owner.http.get(path).status_code == 200
            costs.append(len(seen))
    # Who asks, the zone, the page, the names, the record of asking.
    assert costs == [5, 5, 5, 5]


MANY = """
    INSERT INTO audit_entry (clinic_id, seq, at, action, outcome, member_id, role, patient_id, previous_hash, hash)
    SELECT CAST(:clinic AS uuid), n, now() - (100000 - n) * interval '5 minutes', 'get_today', 'allowed',
           gen_random_uuid(), 'practitioner',
           CASE WHEN n % 1000 = 0 THEN CAST(:patient AS uuid) ELSE gen_random_uuid() END, '', ''
      FROM generate_series(1, 100000) AS n
"""


def test_a_long_record_is_read_by_its_indexes(world: World) -> None:
    """A hundred thousand entries here; docs/audit.md shows a million."""
    clinic_id, patient_id = uuid4(), uuid4()
    midnights = [datetime.now(UTC) - timedelta(days=30 - n) for n in range(32)]
    span = Span(TODAY - timedelta(days=30), midnights)
    nothing = dict.fromkeys(("member_id", "patient_id", "action", "outcome")) | {"emergency": False}
    questions = {
        "audit_entry_patient_idx": queries.accesses_statement(clinic_id, patient_id, span, includes_own=False),
        "audit_entry_at_idx": queries.entries_statement(clinic_id, span, nothing).limit(51),
    }
    with world.transaction() as session:
        session.execute(text(MANY), {"clinic": str(clinic_id), "patient": str(patient_id)})
        session.execute(text("ANALYZE audit_entry"))
        for index, question in questions.items():
            compiled = question.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})
            plan = "\n".join(
                row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {compiled}", compiled.params)
            )
            assert index in plan, plan
            assert "Seq Scan" not in plan, plan
        session.execute(text("DELETE FROM audit_entry WHERE clinic_id = :clinic"), {"clinic": clinic_id})


def name_of(world: World, person: Person) -> str:
    with world.transaction() as session:
        return session.get_one(Member, (person.clinic_id, person.member_id)).name
