"""Counting, in the way of what is counted: how often something happened (`Tally`) and how long it took (`Timing`).

Plain dictionaries by fixed words; `exposing` writes them as Prometheus reads them, when it asks. Its library's own
counters take 1.4 to 5 microseconds under gevent where these take 0.2, and 57 ms of a start.
"""

from bisect import bisect_left

# A word that somebody sent never becomes one of ours; should that fail, memory and Prometheus do not fill up with them.
MOST_SERIES = 3000
OTHER = "other"
# From a 304 to what a person waits for without a word; the last bound is the longest statement.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

TALLIES: dict[str, "Tally"] = {}
TIMINGS: dict[str, "Timing"] = {}
LEVELS: dict[str, "Level"] = {}


class Tally:
    """How often something happened since the start of the process, by `labels`. Named without Prometheus' `_total`."""

    __slots__ = ("counts", "labels", "name", "words")

    def __init__(self, name: str, words: str, *labels: str) -> None:
        self.name, self.words, self.labels = name, words, labels
        self.counts: dict[tuple[str, ...], int] = {} if labels else {(): 0}
        TALLIES[name] = self

    def add(self, *said: str, count: int = 1) -> None:
        """Count something, with one fixed word for each label."""
        # No call stands between reading and writing a number, so no thread gets in between either.
        if said in self.counts:
            self.counts[said] += count
        else:
            said = _within(said, self.counts)
            self.counts.setdefault(said, 0)
            self.counts[said] += count


class Timing:
    """How long something took, in seconds, by `labels`: how often up to each bound, and altogether."""

    __slots__ = ("labels", "name", "rows", "words")

    def __init__(self, name: str, words: str, *labels: str) -> None:
        self.name, self.words, self.labels = name, words, labels
        # For each: how often up to each bound and how often beyond, and the sum in the end.
        self.rows: dict[tuple[str, ...], list[float]] = {}
        TIMINGS[name] = self

    def add(self, seconds: float, *said: str) -> None:
        """Count something that took so long."""
        row = self.rows.get(said)
        if row is None:
            row = self.rows.setdefault(_within(said, self.rows), [0.0] * (len(SECONDS) + 2))
        row[bisect_left(SECONDS, seconds)] += 1
        row[-1] += seconds


class Level:
    """How many there are now of what begins and ends."""

    __slots__ = ("name", "value", "words")

    def __init__(self, name: str, words: str) -> None:
        self.name, self.words, self.value = name, words, 0
        LEVELS[name] = self


def _within(said: tuple[str, ...], known: object) -> tuple[str, ...]:
    assert isinstance(known, dict)
    return said if len(known) < MOST_SERIES else (OTHER,) * len(said)
