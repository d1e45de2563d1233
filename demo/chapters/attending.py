"""The next morning: one request says which of the practitioner's patients need somebody, why, and what to do."""

from typing import Any

from demo.stage import Stage

MOST_SHOWN = 4

Json = dict[str, Any]


def play(stage: Stage) -> None:
    teller = stage.teller
    teller.step("The next morning the practitioner asks, in one request, who needs attention")
    morning = stage.practitioner.ask("GET", "/morning")
    counts = morning["counts"]
    teller.check("somebody does", counts["patients_in_need"] > 0, expected=True, shown=_in_need(counts))
    teller.table(_row(patient) for patient in morning["patients"][:MOST_SHOWN])
    entry = morning["patients"][0]["entries"][0]
    found = stage.practitioner.ask("GET", f"/attention/{entry['id']}")
    teller.check("its evidence is the same", found["evidence"], entry["evidence"], found["title"])


def _in_need(counts: Json) -> str:
    return f"{counts['patients_in_need']} of {counts['patients']} patients"


def _row(patient: Json) -> tuple[str, ...]:
    """Return a line of a patient: the most urgent entry, and what to do about it."""
    first = patient["entries"][0]
    return patient["patient_name"], first["urgency"], first["title"], first["next_action"]["words"]
