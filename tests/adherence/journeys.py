"""Random histories lived through the real doors: plans made, changed, paused and ended, events sent in any order."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from hep_api.adherence.models.days import PrescriptionDay
from hep_api.adherence.proving.days import count_prescription
from hep_api.adherence.queries.counts import count_of
from tests.adherence import histories
from tests.adherence.conftest import BERLIN
from tests.plans import making
from tests.world import Person, World

BEGIN = date(2026, 3, 25)
NOW = datetime(2026, 5, 5, 12, tzinfo=BERLIN)


@dataclass
class Journey:
    """A patient with one plan as it was really taken in, and the events that were, in the shapes of `proving`."""

    patient: Person
    lead: Person
    plan: dict[str, Any]
    events: list[dict[str, Any]]
    plan_id: UUID


def live(world: World, lead: Person, random: Random) -> Journey:
    """Draw a history and live it: changes of the plan and uploads interleaved, everything uploaded twice at least."""
    patient = world.patient(lead)
    plan = histories.plan(random, begin=BEGIN)
    events = histories.events(random, plan)
    made = making.start(lead, patient, starts_on=plan["starts_on"].isoformat(), reason="Taken over.")
    squat = making.exercise(lead)
    ids: dict[UUID, UUID] = {}
    _publish(made, squat, plan["revisions"][0], ids)
    changes = [("revise", each) for each in plan["revisions"][1:]] + [("pause", each) for each in plan["pauses"]]
    taken_pauses = []
    for step in _interleaved(random, changes, batches := random.randint(2, 5)):
        match step:
            case ("revise", revision):
                _publish(made, squat, revision, ids)
            case ("pause", pause):
                body = {"from": pause[0].isoformat(), "to": _iso(pause[1]), "reason": "Away."}
                if made.send("POST", "/pauses", body).status_code == 201:
                    taken_pauses.append(pause)
            case _:
                _upload(patient, random.sample(events, len(events) // batches), ids)
    if plan["ends_on"] is not None:
        body = {"ends_on": plan["ends_on"].isoformat(), "discharge_reason": "goals_met", "reason": "Done."}
        assert made.send("POST", "/end", body).status_code == 200
    # Now that every revision is there, whatever was refused before for its version is taken.
    refused = _upload(patient, random.sample(events, len(events)), ids)
    known = [{**each, "prescription_id": ids[each["prescription_id"]]} for each in events if each["id"] not in refused]
    return Journey(patient, lead, _as_taken(plan, taken_pauses, ids), known, made.id)


def proven_rows(journey: Journey, last: date) -> dict[tuple[UUID, date], dict[str, Any]]:
    """What the second implementation counts, without the days on which there is nothing."""
    return {
        (prescription, day): counted
        for prescription in histories.prescriptions_of(journey.plan)
        for day, counted in count_prescription(
            journey.plan, prescription, journey.events, BEGIN - timedelta(days=10), last
        ).items()
        if counted["expected"] or counted["completed"] or counted["entries"]
    }


def stored_rows(world: World, patient: Person) -> dict[tuple[UUID, date], Any]:
    """The patient's rollup as counts."""
    with world.transaction() as session:
        rows = session.execute(select(PrescriptionDay.__table__).where(PrescriptionDay.patient_id == patient.member_id))
        return {(row.prescription_id, row.day): count_of(row) for row in rows}


def _interleaved(random: Random, changes: list[Any], batches: int) -> list[Any]:
    """Uploads strewn among the changes, which keep their order."""
    steps: list[Any] = list(changes)
    for _ in range(batches):
        steps.insert(random.randint(0, len(steps)), ("upload", None))
    return steps


def _publish(made: making.MadePlan, squat: UUID, revision: dict[str, Any], ids: dict[UUID, UUID]) -> None:
    items = [
        making.carried_item(ids[each], **item) if each in ids else making.new_item(squat, **item)
        for each, item in revision["items"].items()
    ]
    published = making.publish(made, *items, effective_on=revision["effective_on"].isoformat(), reason="Agreed.")
    ids.update(zip(revision["items"], published, strict=True))


def _upload(patient: Person, events: list[dict[str, Any]], ids: dict[UUID, UUID]) -> set[UUID]:
    """Send the events that have a prescription by now; return the ids of those refused."""
    if not events:
        return set()
    items = [_as_sent(each, ids) for each in events]
    path = f"/v1/patients/{patient.member_id}/events"
    answers = patient.http.post(path, json={"events": items}).get_json()["outcomes"]
    assert {answer["outcome"] for answer in answers} <= {"applied", "duplicate", "rejected"}
    return {UUID(answer["id"]) for answer in answers if answer["outcome"] == "rejected"}


def _as_sent(event: dict[str, Any], ids: dict[UUID, UUID]) -> dict[str, Any]:
    day = event["performed_on"]
    prescription = ids.get(event["prescription_id"], event["prescription_id"])
    return {
        **event,
        "id": str(event["id"]),
        "entry_id": str(event["entry_id"]),
        "prescription_id": str(prescription),
        "performed_on": day.isoformat(),
        "performed_at": datetime.combine(day, time(18), tzinfo=BERLIN).isoformat(),
        "zone": "Europe/Berlin",
    }


def _as_taken(plan: dict[str, Any], pauses: list[Any], ids: dict[UUID, UUID]) -> dict[str, Any]:
    revisions = [
        {**each, "items": {ids[prescription]: item for prescription, item in each["items"].items()}}
        for each in plan["revisions"]
    ]
    return {**plan, "pauses": pauses, "revisions": revisions}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
