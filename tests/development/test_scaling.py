"""What so many clinics need follows from what the bench measured, by its own names of what it measures."""

from collections.abc import Mapping
from typing import Any

from bench import chats, reads, uploads
from development.figures import scaling
from development.figures.told import Run, Told

MEASURED = {
    *(("S1", name) for name in (reads.TODAY_304, reads.ANEW, reads.OFFLINE)),
    ("S2", uploads.HTTP),
    ("S3", f"{chats.PRODUCT}, CPU"),
}


def run(figures: Mapping[str, Any]) -> Run:
    told = Told("S1", reads.TODAY_304, 0.8, 0.85, "higher", False, dict(figures))
    return Run(7, False, {"cores": 2}, [told])


def test_costs_are_taken_from_what_the_bench_measures() -> None:
    assert {each.measured_as for each in scaling.OPERATIONS if each.measured_as} == MEASURED
    cheap, dear = (run({"server_cpu_ms": cost, "database_cpu_ms": 0.5}) for cost in (1.0, 1000.0))
    assert "| look at today, nothing new | 6 | 1.0 + 0.5 | 9 ms |" in scaling.written({"bench": cheap})
    assert "| look at today, nothing new | 6 | 1000.0 + 0.5 | 6003 ms |" in scaling.written({"bench": dear})
    assert "seed 7" in scaling.written({"bench": cheap})


def test_ten_times_the_clinics_need_ten_times_as_much() -> None:
    [row] = [line for line in scaling.written({}).splitlines() if line.startswith("| live connections ")]
    assert [cell.strip() for cell in row.split("|")[2:-1]] == ["28", "2,800", "28,000", "280,000"]
