"""The clinic is closed: the patient is told so at once, and when it opens; staff see who waits, and answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from demo.stage import Stage

Json = dict[str, Any]

POLICY = "/clinic/messaging"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AWAY_DAYS = 3
LINE = "112"
ASKED = ("May I ride my bicycle?", "To work, twenty minutes?")
ANSWERED = "Yes, in the low gears."


def play(stage: Stage) -> None:
    [talk, *_] = stage.patient.ask("GET", "/conversations")["items"]
    before = stage.leader.ask("GET", POLICY)
    opens_on = close(stage, before["zone"])
    try:
        write(stage, talk["id"], opens_on)
        answer(stage, talk["id"])
    finally:
        open_again(stage, before)


def close(stage: Stage, zone: str) -> str:
    """Let the clinic be open on one day of the week, in three days; return its name."""
    stage.teller.step("The clinic's leader settles opening hours: closed for three days; the patient reads German")
    day = DAYS[(datetime.now(ZoneInfo(zone)) + timedelta(days=AWAY_DAYS)).weekday()]
    hours = {"opening_hours": {day: [["08:00", "18:00"]]}, "emergency_line": LINE}
    stage.leader.ask("PATCH", POLICY, hours, headers={"If-Match": stage.leader.etag})
    path = f"/patients/{stage.patient_id}"
    stage.patient.ask("GET", path)
    stage.patient.ask("PATCH", path, {"language": "de"}, headers={"If-Match": stage.patient.etag})
    return day


def write(stage: Stage, conversation: str, opens_on: str) -> None:
    teller = stage.teller
    teller.step("The patient writes twice, and is told once, in German, when it opens and whom to call")
    path = f"/conversations/{conversation}"
    said = [
        stage.patient.ask("POST", f"{path}/messages", {"client_id": str(uuid4()), "body": words}, expects=201)
        for words in ASKED
    ]
    after = said[0]["seq"] - 1
    items = stage.patient.ask("GET", f"{path}/messages?after={after}")["items"]
    teller.check("kinds", [each["kind"] for each in items], ["text", "notice", "text"])
    notice = items[1]
    teller.check("whom to call", LINE in notice["body"], expected=True, shown=notice["body"].splitlines()[-1])
    promise = stage.patient.ask("GET", path)["promise"]
    teller.check("opens at", promise["opens_at"], notice["card"]["opens_at"], f"{opens_on}, {promise['opens_at']}")
    teller.check("is_open", promise["is_open"], expected=False)


def answer(stage: Stage, conversation: str) -> None:
    teller = stage.teller
    teller.step("The inbox says who waits longest and by when there is to be an answer; the answer is on record")
    waiting = stage.practitioner.ask("GET", f"/inbox?state=waiting&patient_id={stage.patient_id}")["items"]
    teller.check("waits", [each["id"] for each in waiting], [conversation], waiting[0]["promise"]["answer_by"])
    body = {"client_id": str(uuid4()), "body": ANSWERED}
    stage.practitioner.ask("POST", f"/conversations/{conversation}/messages", body, expects=201)
    waiting = stage.practitioner.ask("GET", f"/inbox?state=waiting&patient_id={stage.patient_id}")["items"]
    teller.check("waits no more", waiting, [], "nobody")
    times = stage.practitioner.ask("GET", "/clinic/response-times")
    shown = f"{times['n']}, {(times['within_promise'] or {}).get('value')}"
    teller.check("answers of 28 days", times["n"] > 0, expected=True, shown=shown)


def open_again(stage: Stage, before: Json) -> None:
    stage.leader.ask("GET", POLICY)
    hours = {name: before[name] for name in ("opening_hours", "emergency_line")}
    stage.leader.ask("PATCH", POLICY, hours, headers={"If-Match": stage.leader.etag})
