"""A second phone pulls what there is; what a carer reports on it, the first phone gets as the one change."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from demo import week
from demo.stage import Stage

AS_NEEDED = 4  # place of the exercise that is never expected, so that no figure of the story changes

Json = dict[str, Any]


def play(stage: Stage) -> None:
    cursor = pull_all(stage)
    event = report_on_the_second(stage)
    pull_on_the_first(stage, cursor, event)


def pull_all(stage: Stage) -> str:
    """Pull everything, page by page, as both phones do; return the cursor behind it."""
    stage.teller.step("The patient's second phone pulls all there is, page by page")
    plans: set[str] = set()
    events: set[str] = set()
    cursor: str = ""
    while True:
        page = stage.patient.ask("GET", f"/patients/{stage.patient_id}/sync?limit=20{cursor and f'&cursor={cursor}'}")
        plans |= {plan["id"] for plan in page["plans"]}
        events |= {event["id"] for event in page["events"]}
        cursor = page["cursor"]
        if not page["more"]:
            break
    stage.teller.check("plans", plans, {stage.plan_id}, "1")
    stage.teller.check("events", len(events), week.Expected.APPLIED)
    return cursor


def report_on_the_second(stage: Stage) -> Json:
    stage.teller.step("On it the patient's daughter, who helps, reports one exercise")
    now = datetime.now(ZoneInfo(stage.zone))
    event = {
        "id": str(uuid4()),
        "prescription_id": stage.prescriptions[AS_NEEDED],
        "version": 1,
        "kind": "done",
        "performed_at": now.isoformat(),
        "zone": stage.zone,
        "performed_on": now.date().isoformat(),
        "source": "carer",
    }
    answer = stage.patient.ask("POST", f"/patients/{stage.patient_id}/events", {"events": [event]})
    stage.teller.check("outcome", answer["outcomes"][0]["outcome"], "applied")
    return event


def pull_on_the_first(stage: Stage, cursor: str, event: Json) -> None:
    stage.teller.step("The first phone asks with its cursor and gets that one change")
    page = stage.patient.ask("GET", f"/patients/{stage.patient_id}/sync?cursor={cursor}")
    news = {name: len(page[name]) for name in ("plans", "revisions", "events", "gone")}
    stage.teller.check("what is new", news, {"plans": 0, "revisions": 0, "events": 1, "gone": 0})
    [found] = page["events"]
    stage.teller.check("who reported it", (found["id"], found["source"]), (event["id"], "carer"), "carer")
