"""A practitioner's morning: all that their patients bring today, in one request of four statements."""

from datetime import UTC, datetime, time, timedelta

import time_machine
from sqlalchemy import Text, Time, column, select, update, values

from hep_api.adherence.actions import suggesting
from hep_api.clinics.models import Clinic
from hep_api.foundation.clock import last_closed_day
from hep_api.foundation.types import INSTANT
from hep_api.insights.queries import morning
from tests.counting import StatementCounter
from tests.insights.conftest import NOW, Watched, watch
from tests.plans import making

# Clocks set back by an hour, by half of one, by two, over midnight; set forward; left alone.
TURNS = [
    (zone, datetime(*day, tzinfo=UTC))
    for zone, day in (
        ("Europe/Berlin", (2026, 10, 24)),
        ("America/New_York", (2026, 10, 31)),
        ("Australia/Lord_Howe", (2026, 4, 4)),
        ("Antarctica/Troll", (2026, 10, 24)),
        ("Africa/Cairo", (2026, 10, 29)),
        ("America/Santiago", (2026, 4, 4)),
        ("Europe/Berlin", (2026, 3, 28)),
        ("Pacific/Kiritimati", (2026, 5, 6)),
    )
]
STARTS = [time(0), time(1), time(1, 45), time(2, 30), time(4), time(23, 30)]
RULE = {"after_days": 7, "completion_at_least": 0.5, "next_dose": {"sets": 3, "reps": 12}}


def test_a_morning_is_four_statements_and_holds_all_that_waits(watched: Watched, statements: StatementCounter) -> None:
    watched.report("04", kind="skipped", skip_reason="unclear")
    watched.report("05", pain=9)
    asked = watched.say(watched.patient, 30, "Shall I go on?")
    watched.review()
    other = watch(watched.world, watched.lead)
    other.report(*(f"{day:02}" for day in range(1, 6)))
    _let_a_dose_be_suggested(other)
    other.say(other.lead, 2)
    other.say(other.patient, 1)
    starting = making.start(watched.lead, other.patient, title="Shoulder", starts_on="2026-05-06")
    assert starting.send("POST", "/end", {"discharge_reason": "other", "ends_on": "2026-05-07"}).status_code == 200
    other.review()
    stranger = watch(watched.world, watched.world.practitioner(watched.lead.clinic_id))
    stranger.report("05", pain=10)
    stranger.review()

    watched.colleague.http.get("/v1/morning")  # Once this process knows when the clinic is open:
    with statements() as seen:
        answer = watched.lead.http.get("/v1/morning")
    # Who asks; who needs attention; everything else; the record.
    assert len(seen) == 4, seen
    morning = answer.json
    assert answer.status_code == 200
    assert morning["counts"] == {
        "patients": 2,
        "patients_in_need": 1,
        "entries": 3,
        "own_entries": 3,
        "conversations": 2,
        "suggestions": 1,
        "starting": 1,
        "finishing": 1,
    }
    (patient,) = morning["patients"]
    assert (patient["patient_id"], patient["urgency"]) == (str(watched.patient.patient_id), "high")
    assert [each["rule"] for each in patient["entries"]] == ["high_pain", "unanswered_message", "skip_reasons"]
    assert patient["entries"][0] == watched.entry("high_pain")
    first, second = morning["conversations"]
    assert (first["conversation_id"], first["last_seq"]) == (str(watched.conversation_id), asked)
    assert (first["unread_count"], first["is_overdue"], second["unread_count"], second["is_overdue"]) == (
        1,
        True,
        1,
        False,
    )
    assert first["unanswered_since"] < second["unanswered_since"]
    (suggestion,) = morning["suggestions"]
    assert suggestion["id"] == watched.lead.http.get("/v1/suggestions").json["items"][0]["id"]
    assert (suggestion["exercise"], suggestion["patient_id"]) == ("Squat", str(other.patient.patient_id))
    assert morning["starting"] == morning["finishing"]
    (plan,) = morning["starting"]
    assert (plan["plan_id"], plan["title"], plan["ends_on"]) == (str(starting.id), "Shoulder", "2026-05-07")

    # A colleague of one care team sees that patient, whose entries are the lead's to see to.
    theirs = watched.colleague.http.get("/v1/morning").json
    assert (theirs["counts"]["patients"], theirs["counts"]["entries"], theirs["counts"]["own_entries"]) == (1, 3, 0)
    assert theirs["suggestions"] == []
    assert watched.patient.http.get("/v1/morning").status_code == 403


def test_leaders_see_the_clinics_morning_only_when_its_policy_lets_them_read(watched: Watched) -> None:
    watched.report("05", pain=9)
    watched.say(watched.patient, 30)
    watched.review()
    manager = watched.world.manager(watched.lead.clinic_id)
    nothing = manager.http.get("/v1/morning").json
    assert set(nothing["counts"].values()) == {0}
    assert [nothing[name] for name in ("patients", "conversations", "suggestions", "starting", "finishing")] == [[]] * 5
    with watched.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == manager.clinic_id).values(managers_may_read_records=True))
    allowed = manager.http.get("/v1/morning").json
    assert (allowed["counts"]["entries"], allowed["counts"]["own_entries"]) == (2, 0)
    (talk,) = allowed["conversations"]
    assert (talk["unread_count"], talk["is_overdue"]) == (0, True)


def _let_a_dose_be_suggested(watched: Watched) -> None:
    plan = watched.plan.plan
    item = making.carried_item(watched.plan.daily, progression=RULE)
    making.publish(plan, item, effective_on="2026-04-20", reason="A rule.")
    with watched.world.transaction() as session:
        suggesting.suggest_doses(session, watched.lead.clinic_id, watched.patient.patient_id, NOW)


def test_today_is_by_the_one_rule_where_clocks_are_set_back_and_where_they_are_not(watched: Watched) -> None:
    """It stands in SQL here; each day of `TURNS` in steps of a quarter of an hour."""
    people = [(zone, starts, day) for zone, day in TURNS for starts in STARTS]
    asked = [(*person[:2], person[2] + n * timedelta(minutes=15)) for person in people for n in range(48 * 4)]
    table = values(column("zone", Text), column("starts", Time), column("now", INSTANT), name="asked").data(asked)
    with watched.world.transaction() as session:
        told = session.execute(select(*table.c, morning.today_by(table.c.zone, table.c.starts, table.c.now))).all()
    wrong = [row for row in told if row[3] != last_closed_day(row.now, row.zone, row.starts) + timedelta(days=1)]
    assert (len(told), wrong) == (len(asked), [])


def test_a_plan_that_starts_today_starts_on_the_day_that_a_clock_set_back_has_begun(
    watched: Watched, noon: time_machine.Traveller
) -> None:
    patient = watched.world.patient(watched.lead, zone="Europe/Berlin", day_starts_at=time(2, 30))
    started = making.start(watched.lead, patient, title="Knee", starts_on="2026-10-25")
    # 02:10, for the second time; at 02:30 of the first the 25th had begun.
    noon.move_to("2026-10-25T01:10:00Z")
    starting = watched.world.sign_in(watched.lead).http.get("/v1/morning").json["starting"]
    assert [each["plan_id"] for each in starting] == [str(started.id)]


def test_both_doors_tell_the_same_of_what_nobody_has_answered(watched: Watched) -> None:
    watched.say(watched.lead, 40)
    first = watched.say(watched.patient, 30)
    watched.say(watched.patient, 29)
    watched.review()
    found = watched.entry("unanswered_message")["evidence"]
    (talk,) = watched.lead.http.get("/v1/morning").json["conversations"]
    assert (found["first_seq"], found["waiting_since"]) == (first, talk["unanswered_since"])
