"""A run of the proofs: what it says, and that every broken build is one, and named by a proof."""

import importlib
import json
import pkgutil
from pathlib import Path

import pytest

from torture import __main__ as command
from torture import broken, results
from torture.proof import Order, Outcome, Proof
from torture.proofs import PROOFS
from torture.results import Bite, Result

NO_BUILDS = {"taking"}


def proof(identifier: str = "R3", **options: object) -> Proof:
    return Proof(identifier, "a promise", lambda *_: Outcome(), **options)  # type: ignore[arg-type]


def result(of: Proof, outcome: Outcome, *bites: Bite) -> Result:
    return Result(of, outcome, bites, 1.0)


def test_every_broken_build_is_named_by_a_proof_and_every_named_one_is_there() -> None:
    named = {build for each in PROOFS.values() for build in each.broken}
    assert {module.name for module in pkgutil.iter_modules(broken.__path__)} - NO_BUILDS == named
    for name in named:
        module = importlib.import_module(f"torture.broken.{name}")
        assert callable(module.do)
        assert module.__doc__


def test_every_proof_has_a_build_that_it_must_not_let_pass() -> None:
    assert [each.id for each in PROOFS.values() if not each.broken] == []


@pytest.mark.parametrize(
    ("better", "value", "kept"),
    [("equal", 0, True), ("equal", 1, False), ("lower", 1, True), ("lower", 3, False), ("higher", 3, True)],
)
def test_a_value_is_held_against_the_goal(better: str, value: float, kept: bool) -> None:
    goal = 0 if better == "equal" else 2
    assert proof(goal=goal, better=better).is_kept(Outcome(value)) is kept
    assert not proof(goal=goal, better=better).is_kept(Outcome(value, complaints=["something else"]))


def test_a_run_is_not_ok_when_a_broken_build_goes_unnoticed() -> None:
    assert result(proof(), Outcome(0), Bite("x", "leaked", 1)).is_ok
    assert not result(proof(), Outcome(0), Bite("x", "leaked", 1), Bite("y", "", 1)).is_ok


def test_results_are_written_in_the_agreed_shape_and_those_of_other_proofs_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FILE", tmp_path / "build" / "torture.json")
    results.write([result(proof("R11"), Outcome(0, {"files": 3}))], seed=1)
    results.write([result(proof("R3"), Outcome(2, {"leaks": 2}), Bite("x", "leaked", 1))], seed=2)
    written = json.loads(results.FILE.read_text())
    assert written.keys() == {"seed", "machine", "results"}
    assert written["seed"] == 2
    assert [each["id"] for each in written["results"]] == ["R3", "R11"]
    assert written["results"][0] == {
        "id": "R3",
        "name": "a promise",
        "value": 2,
        "goal": 0,
        "better": "equal",
        "ok": False,
        "figures": {"leaks": 2, "seconds": 1.0, "broken_builds": {"x": "leaked"}},
    }
    results.write([result(proof("R3"), Outcome(0))], seed=3)
    assert [each["ok"] for each in json.loads(results.FILE.read_text())["results"]] == [True, True]


def test_the_lots_are_those_of_the_seed() -> None:
    assert Order(7).lots.random() == Order(7).lots.random() != Order(8).lots.random()
    assert [Order(1).amount(500, 50), Order(1, quick=True).amount(500, 50)] == [500, 50]
    assert Order(1, broken="x").amount(500, 50, 5) == 5


def test_what_is_asked_for_is_read() -> None:
    asked = command._read(["R3", "R6", "--quick", "--seed", "5"])
    assert (asked.proofs, asked.quick, asked.seed) == (["R3", "R6"], True, 5)
    with pytest.raises(SystemExit):
        command._read(["R99"])
