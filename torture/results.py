"""What a run says: a table for the person at the terminal, and build/torture.json for machines."""

import json
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torture.proof import Outcome, Proof

FILE = Path(__file__).resolve().parent.parent / "build" / "torture.json"
MOST_COMPLAINTS_TOLD = 10
LONGEST_COMPLAINT = 160
LONGEST_COMPLAINT_KEPT = 400
TOKENS = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*")


@dataclass(frozen=True, slots=True)
class Bite:
    """What a proof made of a broken build: what it complained of, or nothing; `failure` when it came to no end."""

    build: str
    complaint: str
    seconds: float
    failure: str = ""


@dataclass(slots=True)
class Result:
    """A proof, what it gave, and how it bit. Without an outcome it was not run on the whole build to its end."""

    proof: Proof
    seed: int
    quick: bool = False
    outcome: Outcome | None = None
    failure: str = ""
    seconds: float = 0
    bites: list[Bite] = field(default_factory=list)
    planned: int = 0

    @property
    def caught(self) -> int:
        return sum(1 for bite in self.bites if bite.complaint)

    @property
    def is_ok(self) -> bool:
        """Tell whether it was kept and bit on every build that was to be tried."""
        if self.failure or self.outcome is None:
            return False
        return self.proof.is_kept(self.outcome) and self.caught == len(self.bites) == max(self.planned, len(self.bites))

    def as_json(self) -> dict[str, Any]:
        """Return the shape in which build/torture.json has it."""
        outcome = self.outcome or Outcome()
        return {
            "id": self.proof.id,
            "name": self.proof.name,
            "value": outcome.value,
            "goal": self.proof.goal,
            "better": self.proof.better,
            "ok": self.is_ok,
            "figures": {
                **outcome.figures,
                "complaints": [
                    kept(each)
                    for each in ([self.failure] * bool(self.failure) + outcome.complaints[:MOST_COMPLAINTS_TOLD])
                ],
                "seed": self.seed,
                "quick": self.quick,
                "seconds": round(self.seconds, 1),
                "builds": {"known": len(self.proof.broken), "tried": len(self.bites), "caught": self.caught},
                "broken_builds": {
                    bite.build: {"caught_by": kept(bite.complaint), "seconds": round(bite.seconds, 1)}
                    for bite in self.bites
                },
            },
        }


def kept(complaint: str) -> str:
    """Return a complaint as files have it: short, and without the tokens of a request that it quotes."""
    return TOKENS.sub("<token>", complaint)[:LONGEST_COMPLAINT_KEPT]


def tell_outcome(result: Result) -> None:
    """Print a proof's figures and complaints."""
    outcome = result.outcome or Outcome()
    for name, figure in outcome.figures.items():
        print(f"    {name.replace('_', ' ')}: {figure}")
    complaints = [result.failure] * bool(result.failure) + outcome.complaints
    for complaint in complaints[:MOST_COMPLAINTS_TOLD]:
        print(f"    NOT KEPT: {TOKENS.sub('<token>', complaint)}")
    if len(complaints) > MOST_COMPLAINTS_TOLD:
        print(f"    ... and {len(complaints) - MOST_COMPLAINTS_TOLD} more")
    sys.stdout.flush()


def tell_bite(bite: Bite) -> None:
    """Print what a proof made of a broken build."""
    said = f"caught: {kept(bite.complaint)[:LONGEST_COMPLAINT]}" if bite.complaint else bite.failure or "UNNOTICED"
    print(f"    broken build {bite.build}: {said} ({bite.seconds:.0f} s)", flush=True)


def print_table(results: Sequence[Result]) -> None:
    """Print one line for each proof: builds are those caught, of those tried, of those known."""
    print(f"\n{'id':<5}{'promise':<50}{'value':>8}{'goal':>6}  {'builds caught':<15}{'seconds':>8}  ok")
    for result in results:
        print(
            f"{result.proof.id:<5}{result.proof.name[:48]:<50}{_value(result):>8}{result.proof.goal:>6g}"
            f"  {_builds(result):<15}{_seconds(result):>8.1f}  {_verdict(result)}"
        )


def _verdict(result: Result) -> str:
    if result.outcome is None and not result.failure:
        return "not run"
    return "ok" if result.is_ok else "NO"


def _value(result: Result) -> str:
    return "-" if result.outcome is None else f"{result.outcome.value:g}"


def _builds(result: Result) -> str:
    known, tried = len(result.proof.broken), max(result.planned, len(result.bites))
    return f"{result.caught} of {tried}" + (f" of {known}" if tried < known else "")


def _seconds(result: Result) -> float:
    return result.seconds + sum(bite.seconds for bite in result.bites)


def write(results: Sequence[Result], seed: int, on: Mapping[str, Any] | None = None) -> None:
    """Write the results; those of proofs that were not run now stay. `on` is what the run ran on."""
    kept = {each["id"]: each for each in last()} | {result.proof.id: result.as_json() for result in results}
    ordered = sorted(kept.values(), key=lambda each: int(each["id"][1:]))
    quick = any(each["figures"].get("quick", False) for each in ordered)
    told = {"seed": seed, "quick": quick, "machine": on or machine(), "results": ordered}
    FILE.parent.mkdir(exist_ok=True)
    unfinished = FILE.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(told, indent=2) + "\n")
    unfinished.replace(FILE)


def last() -> list[dict[str, Any]]:
    """Return the results that are there from runs before."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text())["results"] if FILE.exists() else []
    return found


def machine() -> dict[str, Any]:
    """Say what it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
    }
