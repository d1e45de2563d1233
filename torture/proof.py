"""What a proof is: what it promises, how it is run, and the broken builds that it must not let pass."""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from torture.stage import Stage


@dataclass(frozen=True, slots=True)
class Order:
    """How a proof is to be run: with which lots, in short or in full, and on which broken build, if any.

    `minutes` is how long one is to go on that is about time; 0 for as long as it thinks best.
    """

    seed: int
    quick: bool = False
    broken: str = ""
    minutes: float = 0

    @property
    def lots(self) -> random.Random:
        """Return the proof's own source of chance, the same for the same seed."""
        return random.Random(self.seed)

    def amount(self, full: int, quick: int, broken: int | None = None) -> int:
        """Return how many: of a broken build few will do."""
        if self.broken:
            return quick if broken is None else broken
        return quick if self.quick else full

    def heeded(self, complaints: Iterable[str]) -> Iterator[str]:
        """Yield complaints as they come; of a broken build the first one says it all, and no others are looked for."""
        return islice(complaints, 1) if self.broken else iter(complaints)

    def is_settled(self, complaints: Sized) -> bool:
        """Tell whether a run may end before its time: of a broken build, once there is something to complain of."""
        return bool(self.broken) and len(complaints) > 0


@dataclass
class Outcome:
    """What a run gave. `value` is held against the goal; `complaints` say, one by one, what should not have been."""

    value: float = 0
    figures: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Proof:
    """A promise and how it is held.

    One that `waits` leaves the machine to others most of the time; one `is_alone` when what it measures bears nobody
    beside it, nor do those of its broken builds that are `of_time`; one `is_about_time` when it goes on for as many
    minutes as are asked for.
    """

    id: str
    name: str
    prove: Callable[[Stage, Order], Outcome]
    goal: float = 0
    better: str = "equal"
    broken: Sequence[str] = ()
    waits: bool = False
    is_alone: bool = False
    is_about_time: bool = False
    of_time: Collection[str] = ()

    def is_kept(self, outcome: Outcome) -> bool:
        """Tell whether the outcome is what was promised."""
        met = {
            "equal": outcome.value == self.goal,
            "lower": outcome.value <= self.goal,
            "higher": outcome.value >= self.goal,
        }
        return met[self.better] and not outcome.complaints
