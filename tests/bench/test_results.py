"""A measurement says whether it reached its goal, whichever way is better, and ratios are taken within a round."""

import pytest

from bench.load import Load
from bench.results import Result, print_table
from bench.rounds import Round, held_against, times_as_long


def rounds_of(*per_second: float) -> list[Round]:
    return [Round(each, 2.0, 1.0, 10) for each in per_second]


@pytest.mark.parametrize(
    ("value", "goal", "better", "is_ok"),
    [
        (0.49, 0.5, "higher", False),
        (0.5, 0.5, "higher", True),
        (1.21, 1.2, "lower", False),
        (1.2, 1.2, "lower", True),
        (0.1, None, "higher", True),
    ],
)
def test_a_goal_is_reached_from_the_better_side(value: float, goal: float | None, better: str, is_ok: bool) -> None:
    result = Result("S0", "one", value, goal, better, {})
    assert result.is_ok is is_ok
    assert result.as_json()["ok"] is is_ok


def test_a_slow_minute_of_the_machine_slows_both_sides_of_a_ratio() -> None:
    rounds = {"ours": rounds_of(50, 5, 60), "bare": rounds_of(100, 10, 100)}
    held = held_against("S0", "ours", "bare", rounds, goal=0.5)
    assert (held.value, held.figures["ratio"]) == (0.5, {"median": 0.5, "min": 0.5, "max": 0.6})
    longer = times_as_long("S0", "longer", "ours", "bare", rounds, goal=2, better="lower")
    assert (longer.value, longer.is_ok) == (2, True)


def test_the_table_shows_each_goal_missed_and_each_ceiling_once(capsys: pytest.CaptureFixture[str]) -> None:
    rounds = {"ours": rounds_of(10), "other": rounds_of(90), "bare": rounds_of(100)}
    print_table([held_against("S0", name, "bare", rounds, goal=0.5) for name in ("ours", "other")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[2:4]] == ["MISSED", "reached"]
    assert len(lines) == 5
    assert lines[4].split()[0] == "bare"


def test_a_rate_is_of_what_was_answered() -> None:
    assert Load(answered=30, seconds=1.5, body_bytes=0).per_second == 20
