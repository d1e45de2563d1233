"""Phones ring, and what rings holds a type, an opaque id and fixed words: a test, a message, an alert, a reminder.

Played where pushes arrive on this machine, as `make run` has it; elsewhere it says what the leader reads of it.
"""

import os
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from demo.people import Person
from demo.pocket import Pocket, words_in
from demo.stage import Stage
from demo.telling import short

Json = dict[str, Any]

WRITTEN = "How is the knee on the stairs?"
LATE = "And the swelling in the evening?"
ALARMING = "Now I have chest pain again"
SOON, SILENT_SECONDS = 30.0, 7.0
# A reminder is due on the minute; HEP_DEMO_HURRY lets the story not wait for it.
HURRY = "HEP_DEMO_HURRY"


def play(stage: Stage) -> None:
    stage.teller.step("What rings: phones are registered, and the clinic's leader looks whether pushes leave")
    if not _arrive_here(stage):
        return
    phone, desk = Pocket(stage.cast.pushes, stage.patient), Pocket(stage.cast.pushes, stage.practitioner)
    register(stage, phone, desk)
    ring_for_a_message(stage, phone)
    wish_for_quiet(stage, phone)
    alert(stage, desk)
    remind(stage, phone)
    look_at_health(stage)
    leave_as_it_was(stage, desk)


def _arrive_here(stage: Stage) -> bool:
    health = stage.leader.ask("GET", "/clinic/health")["pushes"]["state"]
    if health == "configured" and stage.cast.pushes:
        return True
    stage.teller.note(f"Pushes are {health} there; only with `make run` do they arrive on this machine, to be shown.")
    return False


def register(stage: Stage, phone: Pocket, desk: Pocket) -> None:
    teller = stage.teller
    own = phone.register("de-AT", stage.zone)
    desk.register("en", stage.zone)
    teller.check(
        "the token is shown to nobody", "value" in own, expected=False, shown=", ".join(sorted(own)[:5]) + " ..."
    )
    for pocket in (phone, desk):
        _be_quiet(pocket.owner, {"is_on": False})
    stage.patient.ask("POST", f"/me/devices/{own['id']}/test", expects=202)
    _tell(stage, "the patient's phone rings", phone.rings("test", SOON))


def ring_for_a_message(stage: Stage, phone: Pocket) -> None:
    teller = stage.teller
    teller.step(f"The practitioner writes `{WRITTEN}`; the phone rings when nobody has read it for some seconds")
    _read_all(stage)
    conversation = _write(stage, WRITTEN)
    rung = phone.rings("message", SOON)
    _tell(stage, "the patient's phone rings", rung)
    teller.check("it names the conversation", rung["data"]["id"], conversation, "by its id")
    names = (WRITTEN, stage.patient.name, stage.practitioner.name, "Riverside")
    teller.check("and nothing of anybody", [each for each in names if each in words_in(rung)], [], "no name, no word")


def wish_for_quiet(stage: Stage, phone: Pocket) -> None:
    teller = stage.teller
    teller.step("Both wish for quiet hours about now; the practitioner writes once more, and the phone stays silent")
    here = datetime.now(ZoneInfo(stage.zone))
    around = {"starts": f"{here - timedelta(hours=1):%H:%M}", "ends": f"{here + timedelta(hours=2):%H:%M}"}
    for person in (stage.patient, stage.practitioner):
        _be_quiet(person, around)
    _read_all(stage)
    _write(stage, LATE)
    silent = phone.is_silent(SILENT_SECONDS)
    teller.check("the phone", silent, expected=True, shown=f"silent; told once at {around['ends']}, if unread then")


def alert(stage: Stage, desk: Pocket) -> None:
    teller = stage.teller
    teller.step(f"The patient writes `{ALARMING}`: the practitioner's phone rings at once, quiet hours or not")
    path = f"/conversations/{_conversation(stage)}/messages"
    stage.patient.ask("POST", path, {"client_id": str(uuid4()), "body": ALARMING}, expects=201)
    rung = desk.rings("red_flag", SOON)
    _tell(stage, "the practitioner's phone rings", rung)
    [flag] = stage.practitioner.ask("GET", "/flags?patient_id=" + stage.patient_id)["items"]
    teller.check("it names the alert", rung["data"]["id"], flag["id"], "by its id")
    teller.check("and not what was written", "pain" in words_in(rung), expected=False, shown="no word")
    seen = {"cause_count": flag["cause_count"], "note": "Called."}
    stage.practitioner.ask("POST", f"/flags/{flag['id']}/acknowledge", seen)


def remind(stage: Stage, phone: Pocket) -> None:
    teller = stage.teller
    at = datetime.now(ZoneInfo(stage.zone)).replace(second=0) + timedelta(minutes=1)
    teller.step(
        f"The patient wishes to be reminded at {at:%H:%M}, also in quiet hours: the first exercise is still due"
    )
    path = f"/patients/{stage.patient_id}/reminders"
    stage.patient.ask("GET", path)
    wished = {"is_on": True, "times": [{"at": f"{at:%H:%M}"}]}
    settled = stage.patient.ask("PUT", path, wished, headers={"If-Match": stage.patient.etag})
    teller.check(
        "the time", [each["at"] for each in settled["times"]], [f"{at:%H:%M}"], f"{at:%H:%M} in {settled['zone']}"
    )
    if os.environ.get(HURRY):
        teller.note("It would ring on the minute; the story does not wait for it.")
        return
    _tell(stage, "the patient's phone rings", phone.rings("reminder", 60 + SOON))


def look_at_health(stage: Stage) -> None:
    pushes = stage.leader.ask("GET", "/clinic/health")["pushes"]
    stage.teller.check("the leader reads", (pushes["state"], pushes["dead_letters"]), ("configured", 0))


def leave_as_it_was(stage: Stage, desk: Pocket) -> None:
    """Let the practitioner be told as before the story."""
    stage.practitioner.ask("DELETE", f"/me/devices/{desk.device['id']}", expects=204)
    _be_quiet(stage.practitioner, None)


def _tell(stage: Stage, what: str, rung: Json) -> None:
    """Show all that a push says."""
    said, data = rung["notification"], rung["data"]
    stage.teller.check(what, sorted(said), ["body", "title"], f"{said['title']}: {said['body']}")
    stage.teller.check("its data", sorted(data), ["id", "type"], f"type {data['type']}, id {short(data['id'])}")


def _write(stage: Stage, words: str) -> str:
    """Let the practitioner write to the patient; return the conversation's id."""
    conversation = _conversation(stage)
    said = {"client_id": str(uuid4()), "body": words}
    stage.practitioner.ask("POST", f"/conversations/{conversation}/messages", said, expects=201)
    return conversation


def _conversation(stage: Stage) -> str:
    found: str = stage.patient.ask("GET", "/conversations")["items"][0]["id"]
    return found


def _read_all(stage: Stage) -> None:
    """Let the patient have read what there is: who has not read is told again only after a while."""
    talk = stage.patient.ask("GET", "/conversations")["items"][0]
    stage.patient.ask("PUT", f"/conversations/{talk['id']}/receipt", {"read_seq": talk["last_seq"]})


def _be_quiet(person: Person, hours: Json | None) -> None:
    person.ask("GET", "/me/notifications")
    person.ask("PATCH", "/me/notifications", {"quiet_hours": hours}, headers={"If-Match": person.etag})
