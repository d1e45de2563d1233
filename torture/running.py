"""Runs the units of a plan, two at a time, each in a process of its own: what one leaves or breaks, no other has.

A unit that raises, is killed or does not end is a proof that is not kept; the others go on.
"""

import contextlib
import gc
import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from development.keeper import die_with_parent
from torture.planning import Unit, expected_seconds, startable
from torture.proof import Outcome
from torture.stage import Stage

LOOK_SECONDS = 0.05
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# A unit that takes so much longer than expected hangs.
LEAST_LIMIT_SECONDS, TIMES_EXPECTED = 900.0, 4
# Whoever is told to end puts away what it has started.
PATIENCE_SECONDS = 30.0
LAST_WORDS = 400


@dataclass
class Ran:
    """What became of a unit; `failure` says why it came to no outcome."""

    unit: Unit
    outcome: Outcome
    seconds: float
    failure: str = ""


@dataclass
class Hand:
    """A process that runs one unit."""

    unit: Unit
    pid: int
    answer: Path
    began: float
    ends_by: float
    told_to_end: str = ""


@dataclass
class Run:
    """All units of one run. `tell` is given each as it ends."""

    stage: Stage
    tell: Callable[[Ran], None]
    began: float = field(default_factory=time.monotonic)
    hands: dict[int, Hand] = field(default_factory=dict)

    def carry_out(self, units: Sequence[Unit]) -> None:
        """Run all of them; when interrupted, end those that run and raise."""
        waiting = list(units)
        # What is there by now is not looked through again in each fork.
        gc.freeze()
        try:
            while waiting or self.hands:
                while (unit := startable(waiting, [hand.unit for hand in self.hands.values()])) is not None:
                    waiting.remove(unit)
                    self._start(unit)
                self._look()
        except KeyboardInterrupt:
            self._end_all()
            raise

    def _start(self, unit: Unit) -> None:
        answer = self.stage.folder / f"{unit.name.replace(' ', '-')}.json"
        sys.stdout.flush()
        sys.stderr.flush()
        limit = max(LEAST_LIMIT_SECONDS, TIMES_EXPECTED * expected_seconds(unit))
        # Whoever is told to end in between would leave behind whom nobody knows of.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
        pid = os.fork()
        if not pid:
            _be_a_hand(self.stage, unit, answer, self.began)
        now = time.monotonic()
        self.hands[pid] = Hand(unit, pid, answer, now, now + limit)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)

    def _look(self) -> None:
        """Wait a moment for one to end."""
        pid, status = os.waitpid(-1, os.WNOHANG) if self.hands else (0, 0)
        hand = self.hands.pop(pid, None)
        if hand is not None:
            self.tell(_ran(hand, os.waitstatus_to_exitcode(status)))
            return
        for each in self.hands.values():
            self._end_if_late(each)
        time.sleep(LOOK_SECONDS)

    def _end_if_late(self, hand: Hand) -> None:
        now = time.monotonic()
        if now < hand.ends_by:
            return
        os.kill(hand.pid, signal.SIGKILL if hand.told_to_end else signal.SIGTERM)
        hand.told_to_end = hand.told_to_end or f"it did not end within {now - hand.began:.0f} s"
        hand.ends_by = now + PATIENCE_SECONDS

    def _end_all(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        for pid in self.hands:
            os.kill(pid, signal.SIGTERM)
        while self.hands:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            self.hands.pop(pid, None)
            if time.monotonic() > deadline:
                for each in self.hands:
                    os.kill(each, signal.SIGKILL)
            time.sleep(LOOK_SECONDS)


def _ran(hand: Hand, code: int) -> Ran:
    seconds = time.monotonic() - hand.began
    if hand.told_to_end:
        return Ran(hand.unit, Outcome(), seconds, hand.told_to_end)
    if code or not hand.answer.exists():
        return Ran(hand.unit, Outcome(), seconds, f"its process ended with {code}")
    said: dict[str, Any] = json.loads(hand.answer.read_text())
    return Ran(hand.unit, Outcome(**said["outcome"]), said["seconds"], said["failure"])


def _be_a_hand(stage: Stage, unit: Unit, answer: Path, began: float) -> NoReturn:
    """In the fork: run the unit, leave what became of it, and end."""
    code = 1
    try:
        die_with_parent(signal.SIGTERM)
        for number in ENDINGS:
            signal.signal(number, _interrupt)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        # What the product logs in this process is of interest to nobody.
        with answer.with_suffix(".log").open("w") as log, contextlib.redirect_stderr(log):
            os.dup2(log.fileno(), 2)
            with contextlib.redirect_stdout(Prefixed(unit.name, began)):
                said = _prove(stage, unit)
        answer.write_text(json.dumps(said, default=str))
        code = 0
    except KeyboardInterrupt:
        code = 130
    finally:
        sys.stderr.flush()
        os._exit(code)


def _prove(stage: Stage, unit: Unit) -> dict[str, Any]:
    outcome, failure, began = Outcome(), "", time.monotonic()
    try:
        with stage.cleared():
            outcome = unit.proof.prove(stage, unit.order)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        print(traceback.format_exc())
        failure = " ".join(f"{type(error).__name__}: {error}".split())[:LAST_WORDS]
    finally:
        stage.forks.forget()
    return {"outcome": asdict(outcome), "failure": failure, "seconds": time.monotonic() - began}


def _interrupt(number: int, _: FrameType | None) -> None:
    # Once is enough: what is put away now is not to be broken off.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


class Prefixed(io.TextIOBase):
    """Output whose lines say when and of whom they are, each written as one piece."""

    def __init__(self, name: str, began: float) -> None:
        self._name = name
        self._began = began
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            os.write(1, f"{elapsed(self._began)}  {self._name}: {line.strip()}\n".encode())
        return len(text)


def elapsed(began: float) -> str:
    """Return how long ago that was, in minutes and seconds."""
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes:>3}:{seconds:02}"
