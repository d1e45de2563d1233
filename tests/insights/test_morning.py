"""A practitioner's morning: all that their patients bring today, in one request of four statements."""

from sqlalchemy import update

from hep_api.adherence.actions import suggesting
from hep_api.clinics.models import Clinic
from tests.counting import StatementCounter
from tests.insights.conftest import NOW, Watched, watch
from tests.plans import making

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
