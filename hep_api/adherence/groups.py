"""Figures of a group of patients: means over the patients, never over pooled occurrences (docs/metrics.md).

Decides bands, who is measurable and which groups are too small to show. Who belongs to a group and who is
looking is left to `queries`.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from hep_api.adherence.entries import SkipReason
from hep_api.adherence.measures import SkipCount
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.spreads import Spread, spread

LEAST_EXPECTED = 3
SMALLEST_SHOWN_GROUP = 5


class Band(enum.StrEnum):
    ON_TRACK = "on_track"
    WATCH = "watch"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which completion on a patient is on track, and from which to be watched; a clinic setting."""

    on_track: Fraction = Fraction(80, 100)
    watch: Fraction = Fraction(50, 100)


class Measure(enum.StrEnum):
    """The measures whose mean and median a group has besides completion."""

    DOSE = "dose"
    ACTIVE_DAYS = "active_days"
    FULL_DAYS = "full_days"
    RELATIVE_DOSE = "relative_dose"
    OVER_PERFORMANCE = "over_performance"


class Rating(enum.StrEnum):
    PAIN = "pain"
    EFFORT = "effort"


@dataclass(frozen=True, slots=True)
class PatientFigure:
    """One patient's sums over the window, and whether anything at all was reported in it.

    `days` are those that were active, full, and with something due; `skips` the reasons of skipped occurrences;
    `streak` the current and the longest of days, None when nothing was due.
    """

    done: int
    expected: int
    reported: bool
    extra: int = 0
    credited: Fraction = Fraction(0)
    volume: Fraction = Fraction(0)
    days: tuple[int, int, int] = (0, 0, 0)
    skips: Mapping[SkipReason | None, int] = field(default_factory=dict)
    slopes: Mapping[Rating, Fraction] = field(default_factory=dict)
    streak: tuple[int, int] | None = None


@dataclass(slots=True)
class Tally:
    """How many patients have which sums: what the figures of a group are made of, wherever it was summed.

    `completions` counts (done, expected, reported); `ratios` exact (numerator, denominator) of measurable patients;
    `slopes` those of patients who have one; `streaks` (current, longest) of those with something due. Patients without
    any sum stand only in `patients`.
    """

    patients: int = 0
    completions: Counter[tuple[int, int, bool]] = field(default_factory=Counter)
    ratios: dict[Measure, Counter[tuple[int, int]]] = field(
        default_factory=lambda: {each: Counter() for each in Measure}
    )
    skips: Counter[SkipReason | None] = field(default_factory=Counter)
    slopes: dict[Rating, Counter[tuple[int, int]]] = field(default_factory=lambda: {each: Counter() for each in Rating})
    streaks: Counter[tuple[int, int]] = field(default_factory=Counter)

    def add(self, patient: PatientFigure) -> None:
        """Count one more patient in."""
        self.patients += 1
        self.completions[patient.done, patient.expected, patient.reported] += 1
        self.skips.update(patient.skips)
        for rating, slope in patient.slopes.items():
            self.slopes[rating][slope.as_integer_ratio()] += 1
        if patient.streak is not None:
            self.streaks[patient.streak] += 1
        if not is_measurable(patient.expected):
            return
        active, full, due = patient.days
        for measure, numerator, denominator in (
            (Measure.DOSE, patient.credited, patient.expected),
            (Measure.RELATIVE_DOSE, patient.volume, patient.expected),
            (Measure.OVER_PERFORMANCE, patient.extra, patient.expected),
            (Measure.ACTIVE_DAYS, active, due),
            (Measure.FULL_DAYS, full, due),
        ):
            if denominator:
                self.ratios[measure][Fraction(numerator, denominator).as_integer_ratio()] += 1


@dataclass(frozen=True, slots=True)
class GroupTrend:
    """The mean of the slopes of the `n` patients who have one, and for how many it rises."""

    n: int
    mean_slope: Fraction | None
    rising: int


@dataclass(frozen=True, slots=True)
class GroupStreaks:
    """Days in a row of the patients who had something due, measurable or not: the run up to the end, the longest."""

    current: Spread
    longest: Spread


@dataclass(frozen=True, slots=True)
class GroupCompletion:
    """`mean` and `median` are over the `measurable` patients, None without any; the others are `excluded`."""

    patients: int
    measurable: int
    excluded: int
    mean: Fraction | None
    median: Fraction | None
    bands: dict[Band, int]
    coverage: Ratio

    @property
    def is_small(self) -> bool:
        """Say whether only someone who could see each of these patients may see the figures."""
        return self.patients < SMALLEST_SHOWN_GROUP


@dataclass(frozen=True, slots=True)
class GroupFigures(GroupCompletion):
    """All measures of a group over one window; `measures` are over measurable patients with a denominator."""

    measures: dict[Measure, Spread]
    skips: tuple[SkipCount, ...]
    trends: dict[Rating, GroupTrend]
    streaks: GroupStreaks


def is_measurable(expected: int) -> bool:
    """Say whether so many expected occurrences are enough for a patient to count in a mean."""
    return expected >= LEAST_EXPECTED


def band_of(completion: Fraction | None, thresholds: Thresholds) -> Band | None:
    """Return the band of an exact completion; None when it is not measurable."""
    if completion is None:
        return None
    if completion >= thresholds.on_track:
        return Band.ON_TRACK
    return Band.WATCH if completion >= thresholds.watch else Band.LOW


def group_figures(patients: Iterable[PatientFigure], thresholds: Thresholds) -> GroupFigures:
    """Return the figures of a group; each patient weighs the same, however many exercises the plan has."""
    tally = Tally()
    for patient in patients:
        tally.add(patient)
    return figures_of(tally, thresholds)


def figures_of(tally: Tally, thresholds: Thresholds) -> GroupFigures:
    """Return the figures of the patients in a tally."""
    completion = completion_of(tally, thresholds)
    return GroupFigures(
        **{name: getattr(completion, name) for name in GroupCompletion.__dataclass_fields__},
        measures={measure: spread(values) for measure, values in tally.ratios.items()},
        skips=_skips(tally.skips),
        trends={rating: _trend(slopes) for rating, slopes in tally.slopes.items()},
        streaks=_streaks(tally.streaks),
    )


def completion_of(tally: Tally, thresholds: Thresholds) -> GroupCompletion:
    """Return the headline alone of the patients in a tally."""
    measurable: Counter[tuple[int, int]] = Counter()
    expecting, reporting = 0, 0
    for (done, expected, reported), times in tally.completions.items():
        expecting += times if expected else 0
        reporting += times if expected and reported else 0
        if is_measurable(expected):
            measurable[done, expected] += times
    found = spread(measurable)
    return GroupCompletion(
        patients=tally.patients,
        measurable=found.n,
        excluded=tally.patients - found.n,
        mean=found.mean,
        median=found.median,
        bands=_bands(measurable, thresholds),
        coverage=Ratio(Fraction(reporting), expecting),
    )


def _bands(completions: Mapping[tuple[int, int], int], thresholds: Thresholds) -> dict[Band, int]:
    """Return how many are in each band; in whole numbers, for there are thousands to compare."""
    bands = dict.fromkeys(Band, 0)
    for (done, expected), times in completions.items():
        if _reaches(done, expected, thresholds.on_track):
            bands[Band.ON_TRACK] += times
        else:
            bands[Band.WATCH if _reaches(done, expected, thresholds.watch) else Band.LOW] += times
    return bands


def _reaches(done: int, expected: int, threshold: Fraction) -> bool:
    return done * threshold.denominator >= threshold.numerator * expected


def _trend(slopes: Mapping[tuple[int, int], int]) -> GroupTrend:
    found = spread(slopes)
    rising = sum(times for (numerator, _), times in slopes.items() if numerator > 0)
    return GroupTrend(found.n, found.mean, rising)


def _streaks(streaks: Mapping[tuple[int, int], int]) -> GroupStreaks:
    current: Counter[tuple[int, int]] = Counter()
    longest: Counter[tuple[int, int]] = Counter()
    for (at_the_end, at_most), times in streaks.items():
        current[at_the_end, 1] += times
        longest[at_most, 1] += times
    return GroupStreaks(spread(current), spread(longest))


def _skips(reasons: Mapping[SkipReason | None, int]) -> tuple[SkipCount, ...]:
    """Return the reasons, the commonest first."""
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0] or ""))
    return tuple(SkipCount(reason, times) for reason, times in ordered)
