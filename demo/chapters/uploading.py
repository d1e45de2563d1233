"""A week passes offline; the phone uploads it in one batch with one bad item, and then the same batch once more."""

from collections import Counter
from typing import Any

from demo import week
from demo.stage import Stage
from demo.telling import weekday

Json = dict[str, Any]

ONCE = {"applied": week.Expected.APPLIED, "rejected": 1}
AGAIN = {"duplicate": week.Expected.APPLIED, "rejected": 1}


def play(stage: Stage) -> None:
    teller = stage.teller
    batch = week.batch(stage.story, stage.prescriptions, 1, stage.monday, stage.zone)
    teller.step("A week passes without network; then the phone uploads what it wrote down")
    teller.note(f"{len(batch)} events from {weekday(stage.monday)} to {weekday(stage.sunday)}, each with its own time.")
    outcomes = upload(stage, batch)
    teller.check("outcomes", counted(outcomes), ONCE)
    bad = outcomes[week.BAD_AT]
    teller.check("the bad item", (bad["outcome"], bad["error"]["field"]), ("rejected", "/pain"), reason(bad))
    teller.check("in the batch's order", [each["id"] for each in outcomes], [each["id"] for each in batch], "yes")

    teller.step("The answer was lost on the way, so the phone sends the same batch again")
    outcomes = upload(stage, batch)
    teller.check("outcomes", counted(outcomes), AGAIN)
    kept = stage.patient.ask("GET", f"/patients/{stage.patient_id}/events?limit=100")["items"]
    teller.check("events kept", len(kept), week.Expected.APPLIED)
    teller.check("marked as a batch", sum(event["batched"] for event in kept), week.Expected.APPLIED)
    # On a Monday, Sunday's is not a day old yet.
    older = [event for event in kept if event["performed_on"] != stage.sunday.isoformat()]
    teller.check("late before Sunday", sum(event["late"] for event in older), week.Expected.BEFORE_SUNDAY)


def upload(stage: Stage, batch: list[Json]) -> list[Json]:
    """Upload a batch and return its outcomes."""
    answer = stage.patient.ask("POST", f"/patients/{stage.patient_id}/events", {"events": batch})
    outcomes: list[Json] = answer["outcomes"]
    return outcomes


def counted(outcomes: list[Json]) -> dict[str, int]:
    return dict(Counter(each["outcome"] for each in outcomes))


def reason(outcome: Json) -> str:
    return (
        f"no. {outcome['index']}, {outcome['error']['field']} {outcome['error']['rule']}: {outcome['error']['detail']}"
    )
