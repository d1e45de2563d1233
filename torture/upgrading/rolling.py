"""The upgrade itself, as docs/upgrading.md tells it: tables first, then one process after the other; and back again."""

import time
from dataclasses import dataclass
from typing import Any

from hep_api.demo.cast import PASSWORD, PATIENTS, email_of
from torture.stage import Stage
from torture.upgrading.house import House
from torture.upgrading.traffic import Traffic
from torture.upgrading.versions import Version

# So long both versions are at work beside each other at each step.
BESIDE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Rolled:
    """What came of it."""

    figures: dict[str, Any]
    complaints: list[str]


def roll(stage: Stage, older: Version, newer: Version) -> Rolled:
    """Go from the older version to the newer one and back, with people at work all the time."""
    patient = PATIENTS[0]
    people = [{"email": each, "password": PASSWORD} for each in (patient.email, email_of(patient.lead))]
    with House(stage, older, stage.queue().url) as house:
        for port in house.ports:
            house.start_web(port, older)
        house.start_worker(older)
        with Traffic(house.ports, *people) as traffic:
            steps = _steps(house, older, newer)
            traffic.settle()
        found = traffic.complaints()
        return Rolled(
            figures={
                "steps": steps,
                "messages": len(traffic.sent),
                "events": len(traffic.reported),
                "failed_requests": len(traffic.failed),
                "connects_of_the_listener": traffic.ledger.counts["readers_connects"],
                "heard_live": traffic.ledger.counts["heard_live"],
                "jobs_left_due": house.jobs_left_due(),
            },
            complaints=[*found, *(f"log: {line[:300]}" for line in house.unforeseen())],
        )


def _steps(house: House, older: Version, newer: Version) -> list[str]:
    """Take the steps there and back; return what was done, and how long each took."""
    taken: list[str] = []

    def step(words: str, do: Any, *given: Any) -> None:
        began = time.monotonic()
        do(*given)
        taken.append(f"{words} ({time.monotonic() - began:.1f} s)")
        time.sleep(BESIDE_SECONDS)

    step("tables to the newer version", house.command, newer, "database", "upgrade")
    for version, word in ((newer, "newer"), (older, "older again")):
        for port in house.ports:
            step(f"web process {word}", house.start_web, port, version)
        step(f"worker {word}", house.start_worker, version)
    return taken
