"""A sentence that may not wait: the patient reads whom to call, and an alert stands until a person acknowledges it."""

from typing import Any
from uuid import uuid4

from demo.stage import Stage

Json = dict[str, Any]

ALARMING = "I have chest pain since this morning"
NOTE = "Called; on the way to the hospital."


def play(stage: Stage) -> None:
    stage.teller.step(f"The patient writes `{ALARMING}`")
    warn(stage)
    flag = alarm(stage)
    acknowledge(stage, flag)


def warn(stage: Stage) -> None:
    """Let the patient write it, and read what comes at once."""
    [talk, *_] = stage.patient.ask("GET", "/conversations")["items"]
    path = f"/conversations/{talk['id']}/messages"
    said = stage.patient.ask("POST", path, {"client_id": str(uuid4()), "body": ALARMING}, expects=201)
    notice = stage.patient.ask("GET", f"{path}?after={said['seq']}")["items"][0]
    shown = notice["body"].splitlines()[0]
    stage.teller.check("the patient reads at once", notice["card"]["type"], "emergency", shown)


def alarm(stage: Stage) -> Json:
    """Return the alert that the practitioner finds; the patient finds none."""
    flag: Json
    [flag] = stage.practitioner.ask("GET", "/flags?patient_id=" + stage.patient_id)["items"]
    [cause] = flag["causes"]
    stage.teller.check("the care team is alerted by", cause["phrase"], "chest pain")
    stage.teller.check("it passes on", flag["passes_on_at"] is not None, expected=True, shown=flag["passes_on_at"])
    stage.patient.ask("GET", "/flags", expects=403)
    return flag


def acknowledge(stage: Stage, flag: Json) -> None:
    """Let the practitioner take care of it."""
    seen = {"cause_count": flag["cause_count"], "note": NOTE}
    done = stage.practitioner.ask("POST", f"/flags/{flag['id']}/acknowledge", seen)
    stage.teller.check("acknowledged", done["state"], "acknowledged", done["acknowledger_name"])
    left = stage.practitioner.ask("GET", "/flags?patient_id=" + stage.patient_id)["items"]
    stage.teller.check("open alerts", left, [], "none")
