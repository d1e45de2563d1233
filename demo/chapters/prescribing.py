"""The practitioner finds five exercises and publishes a plan; the phone gets what is due today."""

from typing import Any
from urllib.parse import quote

from demo.stage import Stage
from demo.telling import Mismatch, weekday
from demo.week import PLAN, Prescribed, due_on

REASON = "taken over from elsewhere"
LIBRARY_AT_LEAST = 80
PAGE = 100

Json = dict[str, Any]


def play(stage: Stage) -> None:
    exercises = search(stage)
    compose_and_publish(stage, exercises)
    open_today(stage)


def search(stage: Stage) -> list[str]:
    """Find the plan's exercises in the library; return their ids in the plan's order."""
    teller = stage.teller
    teller.step("The practitioner searches the library")
    shelf = stage.practitioner.ask("GET", f"/exercises?limit={PAGE}")
    size = len(shelf["items"])
    while shelf["next_cursor"]:
        shelf = stage.practitioner.ask("GET", f"/exercises?limit={PAGE}&cursor={shelf['next_cursor']}")
        size += len(shelf["items"])
    enough = size >= LIBRARY_AT_LEAST
    teller.check("exercises on the shelf", enough, expected=True, shown=f"{size}, at least {LIBRARY_AT_LEAST}")
    return [find(stage, prescribed) for prescribed in PLAN]


def find(stage: Stage, prescribed: Prescribed) -> str:
    """Search as a person types, abbreviations and slips included, and take the first hit."""
    found = stage.practitioner.ask("GET", f"/exercises?q={quote(prescribed.search)}&limit=5")
    first = found["items"][0] if found["items"] else None
    if first is None:
        raise Mismatch(f"nothing was found for `{prescribed.search}`")
    stage.teller.check(f"`{prescribed.search}`", first["name"], prescribed.name)
    identifier: str = first["id"]
    return identifier


def compose_and_publish(stage: Stage, exercises: list[str]) -> None:
    teller = stage.teller
    teller.step("The practitioner composes a plan of five exercises and publishes it")
    plan: Json = {
        "title": "Knee, six weeks after the operation",
        "goals": ["Climb the stairs without the rail"],
        "own_why": "I want to see my sister, who lives on the third floor.",
        "starts_on": stage.monday.isoformat(),
    }
    path = f"/patients/{stage.patient_id}/plans"
    teller.note(f"It began on {weekday(stage.monday)}, in another clinic. Without a reason that is refused:")
    stage.practitioner.ask("POST", path, plan, expects=422)
    started = stage.practitioner.ask("POST", path, {**plan, "reason": REASON}, expects=201)
    stage.plan_id = started["id"]
    revision = {
        "effective_on": stage.monday.isoformat(),
        "reason": REASON,
        "items": [
            {"exercise_id": exercise, "dose": prescribed.dose, "schedule": prescribed.schedule}
            for exercise, prescribed in zip(exercises, PLAN, strict=True)
        ],
    }
    published = stage.practitioner.ask(
        "POST",
        f"/plans/{stage.plan_id}/revisions",
        revision,
        expects=201,
        headers={"If-Match": stage.practitioner.etag},
    )
    stage.prescriptions = [item["prescription_id"] for item in published["items"]]
    teller.check("revision", published["number"], 1)
    teller.check("in force from", published["effective_on"], stage.monday.isoformat(), weekday(stage.monday))
    teller.check(
        "exercises, in order",
        [item["exercise"]["name"] for item in published["items"]],
        [prescribed.name for prescribed in PLAN],
    )


def open_today(stage: Stage) -> None:
    teller = stage.teller
    teller.step("The phone opens, and gets today's exercises")
    path = f"/patients/{stage.patient_id}/today?on={stage.today}"
    today = stage.patient.ask("GET", path)
    by_id = {item["prescription_id"]: item for item in today["items"]}
    teller.table(
        [
            (f"{place}", prescribed.name, prescribed.words, state(by_id[identifier]))
            for place, (identifier, prescribed) in enumerate(zip(stage.prescriptions, PLAN, strict=True), start=1)
        ]
    )
    due = [place for place, each in enumerate(stage.prescriptions, start=1) if by_id[each]["due"]]
    teller.check(f"due on {weekday(stage.today)}", due, due_on(stage.today, stage.monday))
    teller.note("Asked again with the ETag it costs nothing:")
    stage.patient.ask("GET", path, expects=304, headers={"If-None-Match": stage.patient.etag})
    offline = stage.patient.ask("GET", f"/patients/{stage.patient_id}/offline")
    kept = [each["id"] for plan in offline["plans"] for each in plan["prescriptions"]]
    teller.check("kept for offline", sorted(kept), sorted(stage.prescriptions), f"{len(kept)} prescriptions")


def state(item: Json) -> str:
    """Return in words what the phone shows beside an exercise."""
    if item["due"]:
        return f"due, {item['expected']} x"
    return "rests today" if item["rest"] else "when you choose"
