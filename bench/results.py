"""What a run says: a table for the person at the terminal, and build/bench.json for machines."""

import json
import statistics
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.legend import LEGEND
from bench.machine import Watch

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

    @property
    def verdict(self) -> str:
        """Say in a word what became of the goal; nothing where there is none."""
        return "" if self.goal is None else "reached" if self.is_ok else "MISSED"

    def taking(self, seconds: float) -> "Result":
        """Return it with how long the whole measurement took that gave it."""
        return replace(self, figures={**self.figures, "seconds": seconds})

    def as_json(self) -> dict[str, Any]:
        """Return the shape in which all proofs are told."""
        return {**asdict(self), "ok": self.is_ok}


def broken_off(identifier: str, error: Exception) -> Result:
    """Return what is told of a measurement that came to no end."""
    spread = {"median": 0.0, "min": 0.0, "max": 0.0}
    return Result(identifier, "measured to the end", 0, 1, "higher", {"ratio": spread, "error": repr(error)[:2000]})


def tell(results: Sequence[Result], watch: Watch, *, seed: int, quick: bool) -> None:
    """Print the table and write the file; nothing where nothing was held against anything."""
    if not results:
        return
    machine = watch.as_json()
    print_table(results)
    reached = sum(each.verdict == "reached" for each in results)
    print(f"\n{reached} of {sum(each.goal is not None for each in results)} goals reached, in {machine['seconds']} s.")
    if machine["warning"]:
        print(machine["warning"])
    write(results, machine, seed=seed, quick=quick)


def print_table(results: Sequence[Result]) -> None:
    """Print one line for each result, and beneath them what they are held beside."""
    print(f"\n{'id':<4}{'operation':<44}{'ratio':>8}{'min':>8}{'max':>8}{'goal':>9}", end="")
    print(f"{'per s':>9}{'CPU ms: server':>16}{'PostgreSQL':>12}{'ratio':>7}{'bytes':>8}")
    for each in results:
        ratio = each.figures["ratio"]
        print(f"{each.id:<4}{each.name:<44}{each.value:>8.2f}{ratio['min']:>8.2f}{ratio['max']:>8.2f}", end="")
        costs = _costs(each.figures) if "beside" in each.figures else " " * 52
        print(f"{_goal(each):>9}{costs}  {each.verdict}".rstrip())
    compared = [each.figures["beside"] for each in results if "beside" in each.figures]
    for name, beside in {each["name"]: each for each in compared}.items():
        print(f"{'':<4}{name:<44}{1:>8.2f}{'':>25}{_costs(beside | {'cpu_ratio': 1})}")
    for identifier in dict.fromkeys(each.id for each in results if each.id in LEGEND):
        print("\n" + textwrap.fill(f"{identifier}: {LEGEND[identifier]}", 120, subsequent_indent="    "))


def _goal(result: Result) -> str:
    if result.goal is None:
        return "-"
    return f"{'<=' if result.better == 'lower' else '>='} {result.goal:.2f}"


def _costs(figures: Mapping[str, Any]) -> str:
    return (
        f"{figures['per_second']['median']:>9.1f}{figures['server_cpu_ms']:>16.3f}{figures['database_cpu_ms']:>12.3f}"
        f"{figures['cpu_ratio']:>7.2f}{figures['body_bytes']:>8}"
    )


def write(results: Sequence[Result], machine: Mapping[str, Any], *, seed: int, quick: bool) -> None:
    """Write the results; the seed is that of the patients' reports."""
    FILE.parent.mkdir(exist_ok=True)
    told = {"seed": seed, "quick": quick, "machine": machine, "results": [each.as_json() for each in results]}
    FILE.write_text(json.dumps(told, indent=2) + "\n")
