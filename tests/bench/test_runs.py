"""A run goes on where one measurement breaks off, and says so; it also says when others had the machine."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench.__main__ import main, measure
from bench.ground import Ground
from bench.machine import Watch, warning
from bench.results import Result
from bench.rounds import QUICK, Order

REACHED = Result("X2", "one", 1.0, 1.0, "lower", {"ratio": {"median": 1.0, "min": 1.0, "max": 1.0}})


def breaking(_ground: Ground, _order: Order) -> list[Result]:
    raise AssertionError("the two sides did not do the same work")


def test_a_measurement_that_breaks_off_is_a_goal_missed_and_the_next_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found: list[Result] = []
    ground = cast(Ground, SimpleNamespace(tell=lambda _line: None))
    measure(ground, QUICK, ["X1", "X2"], found, {"X1": breaking, "X2": lambda *_: [REACHED]})
    assert [(each.id, each.is_ok) for each in found] == [("X1", False), ("X2", True)]
    assert "did not do the same work" in found[0].figures["error"]
    assert "did not do the same work" in capsys.readouterr().err
    assert all(each.figures["seconds"] >= 0 for each in found)


def test_what_is_not_known_is_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["S7"])
    assert end.value.code == 2
    assert "S7" in capsys.readouterr().err


@pytest.mark.parametrize(("taken", "is_told"), [(0.0, False), (0.2, False), (0.21, True), (1.5, True)])
def test_a_machine_that_others_use_is_told_of(taken: float, is_told: bool) -> None:
    assert (warning(taken, cores=2) is not None) is is_told


def test_a_run_says_what_it_ran_on_and_under_which_load() -> None:
    said: dict[str, Any] = Watch().as_json()
    assert {"system", "cores", "memory_gib", "python", "load_at_start", "load_at_end", "warning"} <= said.keys()
    assert said["cores_taken_by_others"] >= 0
