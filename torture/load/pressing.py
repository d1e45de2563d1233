"""Says so many messages a second to one server for a while, and listens to all; and finds what a server can bear."""

import selectors
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torture.load.crowd import Crowd, Heard

# After the last message, so long is waited for what is still to come.
GRACE_SECONDS = 10.0
LONGEST_LOOK_SECONDS = 0.05
# A rate is borne when this part of it is answered within its time, and not much later than at the first.
BORNE_PART, BORNE_LATENCY, LEAST_SECONDS = 0.95, 3.0, 0.05
STEPS = (100, 200, 300, 400, 500, 650, 800, 1000)


@dataclass(frozen=True, slots=True)
class Step:
    """One rate: how much was answered in its time, and when."""

    rate: int
    per_second: float
    p95_ms: float
    is_borne: bool


def press(crowd: Crowd, selector: selectors.BaseSelector, rate: float, seconds: float) -> tuple[Heard, int]:
    """Say `rate` messages a second; return what came of it, and how many were acknowledged before the time was over."""
    crowd.heard = heard = Heard()
    began = time.monotonic()
    instants = [began + number / rate for number in range(round(rate * seconds))]
    over, in_time, at = began + seconds, 0, 0
    while at < len(instants) or not heard.is_settled:
        now = time.monotonic()
        while at < len(instants) and instants[at] <= now:
            crowd.say(instants[at])
            at += 1
        if now < over:
            in_time = len(heard.acknowledged)
        elif now > over + GRACE_SECONDS:
            break
        following = instants[at] if at < len(instants) else now + LONGEST_LOOK_SECONDS
        listen(selector, min(LONGEST_LOOK_SECONDS, max(0.0, following - now)))
    return heard, in_time


def listen(selector: selectors.BaseSelector, seconds: float) -> None:
    """Read from whoever has something to say within the time."""
    for key, _ in selector.select(seconds):
        whose, place = key.data
        whose.read(place)


def find_knee(
    crowd: Crowd, selector: selectors.BaseSelector, seconds: float, tell: Callable[[str], None]
) -> list[Step]:
    """Raise the rate step by step until it is no longer borne; return all steps."""
    steps: list[Step] = []
    for rate in STEPS:
        heard, in_time = press(crowd, selector, rate, seconds)
        p95 = quantile(heard.acknowledged, 0.95) * 1000
        most = max(LEAST_SECONDS * 1000, BORNE_LATENCY * steps[0].p95_ms) if steps else p95
        borne = in_time >= BORNE_PART * heard.said and heard.is_settled and p95 <= most
        steps.append(Step(rate, round(in_time / seconds, 1), round(p95, 1), borne))
        tell(f"{crowd.name}: {rate}/s asked, {in_time / seconds:.0f}/s answered in time, p95 {p95:.0f} ms")
        if not borne:
            break
    return steps


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value that this part of all lie below; infinity without any."""
    if len(values) < 2:
        return values[0] if values else float("inf")
    return statistics.quantiles(values, n=1000, method="inclusive")[round(part * 1000) - 1]
