"""What a run says: a table for the person at the terminal, and build/torture.json for machines."""

import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torture.proof import Outcome, Proof

FILE = Path(__file__).resolve().parent.parent / "build" / "torture.json"
MOST_COMPLAINTS_TOLD = 10


@dataclass(frozen=True, slots=True)
class Bite:
    """What a proof made of a broken build: what it complained of, or nothing."""

    build: str
    complaint: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """A proof, what it gave, and how it bit."""

    proof: Proof
    outcome: Outcome
    bites: tuple[Bite, ...]
    seconds: float

    @property
    def is_ok(self) -> bool:
        return self.proof.is_kept(self.outcome) and all(bite.complaint for bite in self.bites)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that promises.md gives."""
        return {
            "id": self.proof.id,
            "name": self.proof.name,
            "value": self.outcome.value,
            "goal": self.proof.goal,
            "better": self.proof.better,
            "ok": self.is_ok,
            "figures": {
                **self.outcome.figures,
                "seconds": round(self.seconds, 1),
                "broken_builds": {bite.build: bite.complaint or "UNNOTICED" for bite in self.bites},
            },
        }


def tell_outcome(outcome: Outcome) -> None:
    """Print a proof's figures and complaints."""
    for name, figure in outcome.figures.items():
        print(f"    {name.replace('_', ' ')}: {figure}")
    for complaint in outcome.complaints[:MOST_COMPLAINTS_TOLD]:
        print(f"    NOT KEPT: {complaint}")
    if len(outcome.complaints) > MOST_COMPLAINTS_TOLD:
        print(f"    ... and {len(outcome.complaints) - MOST_COMPLAINTS_TOLD} more")
    sys.stdout.flush()


def tell_bite(bite: Bite) -> None:
    """Print what a proof made of a broken build."""
    said = f"caught: {bite.complaint[:160]}" if bite.complaint else "UNNOTICED"
    print(f"    broken build {bite.build}: {said} ({bite.seconds:.0f} s)", flush=True)


def print_table(results: list[Result]) -> None:
    """Print one line for each proof."""
    print(f"\n{'id':<5}{'proof':<44}{'value':>10}{'goal':>8}{'bites':>8}{'seconds':>9}  ok")
    for result in results:
        bitten = sum(1 for bite in result.bites if bite.complaint)
        print(
            f"{result.proof.id:<5}{result.proof.name:<44}{result.outcome.value:>10g}{result.proof.goal:>8g}"
            f"{f'{bitten}/{len(result.bites)}':>8}{result.seconds:>9.1f}  {'ok' if result.is_ok else 'NO'}"
        )


def write(results: list[Result], seed: int) -> None:
    """Write the results; those of proofs that were not run now stay."""
    kept: dict[str, Any] = {}
    if FILE.exists():
        kept = {each["id"]: each for each in json.loads(FILE.read_text())["results"]}
    kept |= {result.proof.id: result.as_json() for result in results}
    ordered = sorted(kept.values(), key=lambda each: int(each["id"][1:]))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps({"seed": seed, "machine": machine(), "results": ordered}, indent=2) + "\n")


def machine() -> dict[str, Any]:
    """Say what it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
    }
