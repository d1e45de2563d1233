"""What a run says: a table for the person at the terminal, and build/bench.json for machines."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torture.results import machine

FILE = Path(__file__).resolve().parent.parent / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Result:
    """A measured ratio to its ceiling; without a goal it is only told."""

    id: str
    name: str
    value: float
    goal: float | None
    better: str
    figures: dict[str, Any]

    @property
    def is_ok(self) -> bool:
        return self.goal is None or self.value >= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return the shape in which all proofs are told."""
        return {**asdict(self), "ok": self.is_ok}


def print_table(results: list[Result]) -> None:
    """Print one line for each result, and the ceiling beneath."""
    print(f"\n{'id':<4}{'read':<14}{'ratio':>7}{'min':>7}{'max':>7}{'goal':>7}", end="")
    print(f"{'req/s':>8}{'CPU ms: server':>16}{'PostgreSQL':>12}{'ratio':>7}{'bytes':>8}  ok")
    for each in results:
        ratio, goal = each.figures["ratio"], "-" if each.goal is None else f"{each.goal:.2f}"
        print(f"{each.id:<4}{each.name:<14}{each.value:>7.2f}{ratio['min']:>7.2f}{ratio['max']:>7.2f}{goal:>7}", end="")
        print(f"{_costs(each.figures)}  {'ok' if each.is_ok else 'NO'}")
    bare = results[0].figures["bare"] | {"cpu_ratio": 1}
    print(f"{'':<4}{'bare view':<14}{1:>7.2f}{'':>21}{_costs(bare)}")


def _costs(figures: dict[str, Any]) -> str:
    return (
        f"{figures['per_second']['median']:>8.0f}{figures['server_cpu_ms']:>16.3f}{figures['database_cpu_ms']:>12.3f}"
        f"{figures['cpu_ratio']:>7.2f}{figures['body_bytes']:>8}"
    )


def write(results: list[Result], *, quick: bool) -> None:
    """Write the results; there is no chance in them, so the seed is 0."""
    FILE.parent.mkdir(exist_ok=True)
    told = {"seed": 0, "quick": quick, "machine": machine(), "results": [each.as_json() for each in results]}
    FILE.write_text(json.dumps(told, indent=2) + "\n")
