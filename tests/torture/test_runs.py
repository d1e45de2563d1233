"""A run of the proofs: what it says, and that every broken build is one, and named by a proof."""

import importlib
import json
import os
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from torture import __main__ as command
from torture import broken, builds, planning, results
from torture.planning import Asked
from torture.proof import Order, Outcome, Proof
from torture.proofs import PROOFS
from torture.results import Bite, Result
from torture.stage import ROOT, Stage

NO_BUILDS = {"taking"}
LEAST_IN_SHORT = 20

Prove = Callable[..., Outcome]


def proof(identifier: str = "R3", prove: Prove = lambda *_: Outcome(), **options: Any) -> Proof:
    return Proof(identifier, "a promise", prove, **options)


def result(of: Proof, outcome: Outcome, *bites: Bite) -> Result:
    return Result(of, 5, outcome=outcome, seconds=1.0, bites=list(bites))


def test_every_broken_build_is_named_by_a_proof_and_every_named_one_is_there() -> None:
    named = {build for each in PROOFS.values() for build in each.broken}
    assert {module.name for module in pkgutil.iter_modules(broken.__path__)} - NO_BUILDS == named
    for name in named:
        module = importlib.import_module(f"torture.broken.{name}")
        assert callable(module.do)
        assert module.__doc__


def test_the_document_says_of_every_broken_build_of_a_proof_what_is_broken() -> None:
    document = (ROOT / "docs" / "broken-builds.md").read_text()
    for each in PROOFS.values():
        section = document.partition(f"\n## {each.id}\n")[2].partition("\n## ")[0]
        rows = dict(re.findall(r"^\| [*`]+(\w+)[*`]+ \| (.+?) \| .+ \|$", section, re.MULTILINE))
        assert rows == {build: said_of(build) for build in each.broken}
    deeds = dict(re.findall(r"^\| ([^|`*]+) \| `(\w+)` \|$", document, re.MULTILINE))
    assert deeds == builds.DEEDS


def said_of(build: str) -> str:
    """Return what a broken build says of itself first."""
    document = importlib.import_module(f"torture.broken.{build}").__doc__ or ""
    return " ".join(document.split("\n\n")[0].split())


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


def test_a_run_is_not_ok_when_a_broken_build_goes_unnoticed_or_is_not_tried() -> None:
    assert result(proof(), Outcome(0), Bite("x", "leaked", 1)).is_ok
    assert not result(proof(), Outcome(0), Bite("x", "leaked", 1), Bite("y", "", 1)).is_ok
    assert not replace(result(proof(), Outcome(0), Bite("x", "leaked", 1)), planned=2).is_ok
    assert not replace(result(proof(), Outcome(0)), failure="it raised").is_ok


def test_results_are_written_in_the_agreed_shape_and_those_of_other_proofs_stay(file: Path) -> None:
    results.write([result(proof("R11"), Outcome(0, {"files": 3}))], seed=1)
    broken = proof("R3", broken=("x", "y"))
    results.write([result(broken, Outcome(2, {"leaks": 2}), Bite("x", "leaked", 1))], seed=2)
    written = json.loads(file.read_text())
    assert written.keys() == {"seed", "quick", "machine", "results"}
    assert (written["seed"], written["quick"]) == (2, False)
    assert [each["id"] for each in written["results"]] == ["R3", "R11"]
    assert written["results"][0] == {
        "id": "R3",
        "name": "a promise",
        "value": 2,
        "goal": 0,
        "better": "equal",
        "ok": False,
        "figures": {
            "leaks": 2,
            "complaints": [],
            "seed": 5,
            "quick": False,
            "seconds": 1.0,
            "builds": {"known": 2, "tried": 1, "caught": 1},
            "broken_builds": {"x": {"caught_by": "leaked", "seconds": 1}},
        },
    }
    results.write([result(proof("R3"), Outcome(0))], seed=3)
    assert [each["ok"] for each in json.loads(file.read_text())["results"]] == [True, True]


def test_no_token_of_a_request_is_written(file: Path) -> None:
    token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJoZXAtYXBpIn0.jt0CSS34J1RUpMg0Ih8u"
    said = f"GET /v1/plans ('Authorization', 'Bearer {token}'): 500"
    seen = Result(proof("R4"), 5, outcome=Outcome(1, complaints=[said]), bites=[Bite("x", said + "x" * 999, 1)])
    results.write([seen], seed=5)
    written = file.read_text()
    assert "eyJ" not in written
    assert "'Bearer <token>'): 500" in written
    assert "x" * 500 not in written


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a run writes; what it does about signals is put back."""
    monkeypatch.setattr(results, "FILE", tmp_path / "build" / "torture.json")
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield results.FILE
    for number, handler in before.items():
        signal.signal(number, handler)


# Other threads of this process only pass on what tests say.
FORKS = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def run(file: Path, proofs: Iterable[Proof], *words: str) -> tuple[int, dict[str, bool]]:
    """Run proofs that need nothing; return the exit code, and which are written and ok."""
    nothing: Any = None
    stage = Stage(file.parent.parent, nothing)
    code = command.main([*words, "--seed", "5"], {each.id: each for each in proofs}, lambda: nullcontext(stage))
    written = json.loads(file.read_text())["results"] if file.exists() else []
    return code, {each["id"]: each["ok"] for each in written}


def bites(_: Stage, order: Order) -> Outcome:
    return Outcome(complaints=["leaked"] if order.broken == "seen" else [])


def raises(*_: object) -> Outcome:
    raise ValueError("no such door")


def is_killed(*_: object) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


def interrupts(*_: object) -> Outcome:
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)
    return Outcome()


@FORKS
@pytest.mark.parametrize(
    ("made", "code", "ok"),
    [
        (proof("R1", bites, broken=("seen",)), 0, True),
        (proof("R1", bites, broken=("seen", "unseen")), 1, False),
        (proof("R1", lambda *_: Outcome(3)), 1, False),
        (proof("R1", raises), 1, False),
        (proof("R1", is_killed), 1, False),
    ],
)
def test_a_run_ends_with_an_error_when_a_proof_is_not_kept_and_the_others_are_run(
    file: Path, made: Proof, code: int, ok: bool
) -> None:
    assert run(file, [made, proof("R2")]) == (code, {"R1": ok, "R2": True})


@FORKS
def test_a_run_that_is_stopped_tells_what_it_has(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    proofs = [proof("R1"), proof("R2", interrupts, is_alone=True)]
    assert run(file, proofs) == (130, {"R1": True})
    assert "R2   a promise" in capfd.readouterr().out


@FORKS
def test_one_broken_build_can_be_tried_by_itself(file: Path) -> None:
    made = proof("R1", bites, broken=("seen", "unseen"))
    assert run(file, [made, proof("R2")], "--build", "seen") == (0, {})
    assert run(file, [made, proof("R2")], "--build", "unseen") == (1, {})


def test_what_waits_shares_the_machine_and_what_measures_has_it_alone() -> None:
    proofs = [
        proof("R1", broken=("seen",)),
        proof("R2"),
        proof("R5", waits=True),
        proof("R9", is_alone=True, broken=("unseen",), of_time=("unseen",)),
    ]
    units = planning.plan(Asked(proofs, seed=5))
    assert [unit.name for unit in units] == ["R1", "R2", "R5", "R1 seen", "R9", "R9 unseen"]
    assert planning.startable(units, []) is units[0]
    assert planning.startable(units[1:], units[:1]) is units[2]
    assert planning.startable(units[3:], [units[1], units[2]]) is None
    assert planning.startable(units[4:], units[3:4]) is None
    assert planning.startable(units[5:], []) is units[5]
    assert planning.startable(units[5:], units[4:5]) is None
    shared = planning.plan(Asked([proof("R10", is_alone=True, broken=("seen",))], seed=5))
    assert [unit.is_alone for unit in shared] == [False, True]


def test_in_short_the_known_deeds_are_tried_and_one_more_of_each_proof() -> None:
    quick = {each.id: builds.chosen(each, 5, quick=True) for each in PROOFS.values()}
    assert sum(map(len, quick.values())) >= LEAST_IN_SHORT
    assert set(builds.DEEDS.values()) <= {build for chosen in quick.values() for build in chosen}
    assert all(quick.values())
    assert [builds.chosen(each, 5, quick=False) for each in PROOFS.values()] == [
        each.broken for each in PROOFS.values()
    ]


def test_the_lots_are_those_of_the_seed() -> None:
    assert Order(7).lots.random() == Order(7).lots.random() != Order(8).lots.random()
    assert [Order(1).amount(500, 50), Order(1, quick=True).amount(500, 50)] == [500, 50]
    assert Order(1, broken="x").amount(500, 50, 5) == 5


def test_what_is_asked_for_is_read() -> None:
    asked = command._read(["R3", "R6", "--quick", "--seed", "5"], PROOFS)
    assert ([each.id for each in asked.proofs], asked.quick, asked.seed) == (["R3", "R6"], True, 5)
    with pytest.raises(SystemExit):
        command._read(["R99"], PROOFS)
