"""What runs of `make torture` and `make bench` left behind, as docs/figures/ keeps it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from development.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT, KEPT = ROOT / "build", ROOT / "docs" / "figures"
RUNS = ("torture", "bench")


@dataclass(frozen=True, slots=True)
class Told:
    """One result: what was measured, what was promised, and what else the run says of it."""

    id: str
    name: str
    value: float
    goal: float | None
    better: str
    is_ok: bool
    figures: dict[str, Any]

    @property
    def goal_in_words(self) -> str:
        """Return the goal, such as `at most 2.2`; nothing where there is none."""
        if self.goal is None:
            return ""
        return {"lower": "at most ", "higher": "at least ", "equal": ""}[self.better] + f"{self.goal:g}"

    @property
    def bites(self) -> tuple[int, int]:
        """Return how many broken builds were caught, of how many that there are."""
        found = self.figures.get("broken_builds", {}).values()
        return sum(bool(each["caught_by"]) for each in found), self.figures.get("builds", {}).get("known", len(found))


@dataclass(frozen=True, slots=True)
class Run:
    """One run, in short or in full, with its results in their order."""

    seed: int
    is_quick: bool
    machine: dict[str, Any]
    results: Sequence[Told]


def read(file: Path) -> Run:
    """Return the run of a file; Trouble where it has another shape."""
    try:
        said = json.loads(file.read_text())
        results = [
            Told(*(each[name] for name in ("id", "name", "value", "goal", "better", "ok", "figures")))
            for each in said["results"]
        ]
        return Run(said["seed"], bool(said.get("quick", False)), said["machine"], results)
    except (OSError, ValueError, KeyError) as error:
        raise Trouble(f"{file} holds no results: {error!r}") from error


def kept() -> dict[str, Run]:
    """Return the runs that docs/figures/ keeps, by name."""
    return {name: read(KEPT / f"{name}.json") for name in RUNS if (KEPT / f"{name}.json").exists()}
