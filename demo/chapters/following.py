"""A second episode from a protocol: a draft, adjusted and published; seen in German, acknowledged, and printed."""

from typing import Any
from urllib.parse import quote, urlsplit

from demo.people import PREFIX
from demo.stage import Stage

PROTOCOL = "Ankle sprain"
GERMAN = {"Accept-Language": "de-AT, de;q=0.9"}
FEWER_SETS = 1

Json = dict[str, Any]


def play(stage: Stage) -> None:
    plan_id = lay_out(stage)
    number = adjust_and_publish(stage, plan_id)
    acknowledge(stage, plan_id, number)
    print_it(stage, plan_id)


def lay_out(stage: Stage) -> str:
    """Start the plan with the protocol as its draft; return its id."""
    stage.teller.step("The practitioner takes a protocol for the ankle, as a draft for this patient")
    found = stage.practitioner.ask("GET", f"/templates?q={quote(PROTOCOL)}&limit=1")["items"][0]
    stage.teller.check(f"`{PROTOCOL}`", found["title"].startswith(PROTOCOL), expected=True, shown=found["title"])
    body = {"patient_id": stage.patient_id, "starts_on": "tomorrow", "publish": False}
    made = stage.practitioner.ask("POST", f"/templates/{found['id']}/apply", body, expects=201)
    plan_id: str = made["plan"]["id"]
    stage.teller.note("The patient sees nothing of it yet:")
    stage.patient.ask("GET", f"/plans/{plan_id}/draft", expects=404)
    return plan_id


def adjust_and_publish(stage: Stage, plan_id: str) -> int:
    """Take the first exercise down to one set and publish all phases; return the number of the first revision."""
    stage.teller.step("One dose is adjusted; then all phases are published at once")
    path = f"/plans/{plan_id}/draft"
    draft = stage.practitioner.ask("GET", path)
    tag = {"If-Match": stage.practitioner.etag}
    phases = [_sent_back(phase) for phase in draft["phases"]]
    phases[0]["items"][0]["dose"]["sets"] = FEWER_SETS
    stage.practitioner.ask("PUT", path, {"based_on": draft["based_on"], "phases": phases}, headers=tag)
    tag = {"If-Match": stage.practitioner.etag}
    published = stage.practitioner.ask(
        "POST", f"{path}/publish", {"effective_on": "tomorrow"}, expects=201, headers=tag
    )
    revisions = published["revisions"]
    names = [phase["name"] for phase in draft["phases"]]
    stage.teller.check("phases, one revision each", [each["phase_name"] for each in revisions], names)
    first = min(revisions, key=lambda each: str(each["effective_on"]))
    stage.teller.check("sets of the first exercise", first["items"][0]["dose"]["sets"], FEWER_SETS)
    number: int = first["number"]
    return number


def acknowledge(stage: Stage, plan_id: str, number: int) -> None:
    stage.teller.step("The patient, whose phone speaks German, reads what is new and acknowledges it")
    waiting = stage.patient.ask("GET", f"/patients/{stage.patient_id}/changes", headers=GERMAN)["items"]
    [changes] = [each["changes"] for each in waiting if each["changes"]["plan_id"] == plan_id]
    for words in changes["words"]:
        stage.teller.note(f"  {words}")
    stage.teller.check("told in", changes["language"], "de")
    path = f"/plans/{plan_id}/revisions/{number}/acknowledgement"
    stage.patient.ask("PUT", path, {})
    left = stage.patient.ask("GET", f"/patients/{stage.patient_id}/changes")["items"]
    stage.teller.check(
        "still to read of this plan", [each for each in left if each["changes"]["plan_id"] == plan_id], []
    )


def print_it(stage: Stage, plan_id: str) -> None:
    stage.teller.step("The practitioner prints it for the fridge door, with boxes to tick")
    link = stage.practitioner.ask(
        "POST", f"/plans/{plan_id}/handout-links", {"weeks": 2, "language": "de"}, expects=201
    )
    page = stage.practitioner.client.get(urlsplit(link["page_url"]).path)
    stage.teller.did(f"GET {PREFIX}/handouts/..", str(page.status_code))
    stage.teller.check("pictures on the page", "<img" in page.text, expected=True)
    stage.teller.check("its language", 'lang="de"' in page.text, expected=True, shown="de")


def _sent_back(phase: Json) -> Json:
    """Return a phase of the draft as it is sent."""
    names = ("exercise_id", "prescription_id", "dose", "schedule", "progression")
    items = [{name: item[name] for name in names} for item in phase["items"]]
    return {"name": phase["name"], "from_day": phase["from_day"], "note": phase["note"], "items": items}
