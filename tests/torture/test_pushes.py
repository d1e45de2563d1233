"""R7 by its parts: the judge of what came in, the faults that are drawn, broken builds that still break.

In full, with workers that are killed: `make torture-R7`.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from development.push_service import faults
from development.push_service.kept import Push
from torture.pushes.faults import DRAWN
from torture.pushes.judging import SHORTEST_PAUSE, UNDER_WAY, Books, Row, judge
from torture.pushes.proof import R7
from torture.stage import ROOT

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = UNDER_WAY + timedelta(seconds=1)


def push(subject: str, fault: str = "", *, to: str = "phone", at: datetime = NOON, key: str = "a key") -> Push:
    payload = {"data": {"type": "test", "id": subject}}
    return Push(at, "token", to, payload, frozenset({key} - {""}), fault, not fault)


def row(subject: str, state: str = "sent", result: str | None = None, *, to: str = "phone") -> Row:
    return Row(to, "test", subject, state, result)


def kept() -> tuple[list[Row], list[Push], Books]:
    """One that came in at once, one at the second try, one refused for good, and one to a phone that is gone."""
    rows = [row("1"), row("2"), row("3", "dead", "refused"), row("4", "dropped", "unregistered", to="gone")]
    pushes = [
        push("1"),
        push("2", "internal", at=NOON - SHORTEST_PAUSE),
        push("2"),
        push("3", "invalid_argument"),
        push("4", "unregistered", to="gone"),
    ]
    return rows, pushes, Books()


Spoil = Callable[[list[Row], list[Push], Books], object]
SPOILED: list[tuple[Spoil, dict[str, int]]] = [
    (lambda rows, pushes, books: None, {}),
    (lambda rows, pushes, books: pushes.pop(0), {"lost": 1}),
    (lambda rows, pushes, books: rows.append(row("5", "waiting")), {"lost": 1}),
    (lambda rows, pushes, books: rows.append(row("5", "dead", "server_error")), {"lost": 1}),
    (lambda rows, pushes, books: rows.append(row("5", "dropped", "device_gone")), {"lost": 1}),
    (lambda rows, pushes, books: rows.append(row("5", "dropped", "device_gone", to="gone")), {}),
    (lambda rows, pushes, books: rows.append(row("5", "dropped", "unregistered")), {"lost": 1}),
    (lambda rows, pushes, books: rows.pop(0), {"unfounded": 1}),
    (lambda rows, pushes, books: pushes.append(push("1")), {"twice": 1}),
    (lambda rows, pushes, books: (pushes.append(push("1")), rows.append(row("1"))), {}),
    (lambda rows, pushes, books: pushes.append(push("1", key="another")), {"twice": 1, "without_collapse_key": 1}),
    (
        lambda rows, pushes, books: pushes.append(push("3", "internal", at=NOON + LATER, key="")),
        {"without_collapse_key": 2},
    ),
    (
        lambda rows, pushes, books: (books.taken_back.add("9"), pushes.append(push("9", "internal"))),
        {"told_for_a_rollback": 1},
    ),
    (lambda rows, pushes, books: pushes.append(push("4", "unregistered", to="gone", at=NOON + SHORTEST_PAUSE)), {}),
    (
        lambda rows, pushes, books: pushes.append(push("2", at=NOON - SHORTEST_PAUSE * 0.5)),
        {"again_at_once": 1, "twice": 1},
    ),
    (
        lambda rows, pushes, books: pushes.append(push("4", "unregistered", to="gone", at=NOON + LATER)),
        {"after_the_end": 1},
    ),
    (
        lambda rows, pushes, books: (
            books.kills.append(NOON + timedelta(seconds=1)),
            pushes.append(push("4", "unregistered", to="gone", at=NOON + LATER)),
        ),
        {},
    ),
    (lambda rows, pushes, books: books.ended.update(phone=NOON), {}),
    (lambda rows, pushes, books: books.ended.update(phone=NOON - LATER), {"after_the_end": 3}),
    (
        lambda rows, pushes, books: (books.moved.update(phone=NOON - LATER), books.subjects_of_former.add("1")),
        {"to_another": 1},
    ),
]


@pytest.mark.parametrize(("spoil", "wrong"), SPOILED)
def test_the_judge_counts_what_was_lost_twice_or_should_not_have_come(spoil: Spoil, wrong: dict[str, int]) -> None:
    books = kept()
    spoil(*books)
    found = judge(*books)
    assert {what: times for what, times in found.items() if times and not what.startswith("state_")} == wrong


def test_every_fault_is_among_those_that_are_drawn() -> None:
    assert {fault.name for fault in DRAWN} == {fault.name for fault in faults.OF_FCM}


def test_what_broken_builds_take_the_place_of_is_still_there() -> None:
    broken = ", ".join(f"torture.broken.{name}" for name in R7.broken)
    words = f"import {broken}, sys; [sys.modules[name.strip()].do() for name in '{broken}'.split(',')]"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
