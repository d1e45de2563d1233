"""What a run says: a table for the person at the terminal, and build/bench.json for machines."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torture.results import machine

FILE = Path(__file__).resolve().parent.parent / "build" / "bench.json"


def by_itself(
    identifier: str, name: str, values: Sequence[float], goal: float | None = None, *, value: float | None = None
) -> "Result":
    """Return a figure that is held beside nothing and is better when lower: the median of its values, or `value`."""
    spread = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    told = spread["median"] if value is None else value
    return Result(identifier, name, round(told, 3), goal, "lower", {"ratio": spread})


@dataclass(frozen=True, slots=True)
class Result:
    """A measured ratio to what it is held beside, or a figure by itself; without a goal it is only told."""

    id: str
    name: str
    value: float
    goal: float | None
    better: str
    figures: dict[str, Any]

    @property
    def is_ok(self) -> bool:
        if self.goal is None:
            return True
        return self.value <= self.goal if self.better == "lower" else self.value >= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return the shape in which all proofs are told."""
        return {**asdict(self), "ok": self.is_ok}


def print_table(results: Sequence[Result]) -> None:
    """Print one line for each result, and beneath them what they are held beside."""
    print(f"\n{'id':<4}{'operation':<40}{'ratio':>8}{'min':>8}{'max':>8}{'goal':>9}", end="")
    print(f"{'per s':>9}{'CPU ms: server':>16}{'PostgreSQL':>12}{'ratio':>7}{'bytes':>8}  ok")
    for each in results:
        ratio = each.figures["ratio"]
        print(f"{each.id:<4}{each.name:<40}{each.value:>8.2f}{ratio['min']:>8.2f}{ratio['max']:>8.2f}", end="")
        costs = _costs(each.figures) if "beside" in each.figures else " " * 52
        print(f"{_goal(each):>9}{costs}  {'ok' if each.is_ok else 'NO'}")
    compared = [each.figures["beside"] for each in results if "beside" in each.figures]
    for name, beside in {each["name"]: each for each in compared}.items():
        print(f"{'':<4}{name:<40}{1:>8.2f}{'':>25}{_costs(beside | {'cpu_ratio': 1})}")


def _goal(result: Result) -> str:
    if result.goal is None:
        return "-"
    return f"{'<=' if result.better == 'lower' else '>='} {result.goal:.2f}"


def _costs(figures: Mapping[str, Any]) -> str:
    return (
        f"{figures['per_second']['median']:>9.1f}{figures['server_cpu_ms']:>16.3f}{figures['database_cpu_ms']:>12.3f}"
        f"{figures['cpu_ratio']:>7.2f}{figures['body_bytes']:>8}"
    )


def write(results: Sequence[Result], *, seed: int, quick: bool) -> None:
    """Write the results; the seed is that of the patients' reports."""
    FILE.parent.mkdir(exist_ok=True)
    told = {"seed": seed, "quick": quick, "machine": machine(), "results": [each.as_json() for each in results]}
    FILE.write_text(json.dumps(told, indent=2) + "\n")
