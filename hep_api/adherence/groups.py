"""Figures of a group of patients: the mean of the patients' completion, never pooled occurrences
(domain.md, section 4).

Decides bands, who is measurable and which groups are too small to show. Who belongs to a group and who is
looking is left to `queries`.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hep_api.adherence.ratios import Ratio
from hep_api.adherence.trends import median

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


@dataclass(frozen=True, slots=True)
class PatientFigure:
    """One patient's completion over the window, and whether anything at all was reported in it."""

    done: int
    expected: int
    reported: bool

    @property
    def is_measurable(self) -> bool:
        return self.expected >= LEAST_EXPECTED

    @property
    def completion(self) -> Fraction:
        return Fraction(self.done, self.expected)


@dataclass(frozen=True, slots=True)
class GroupFigures:
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


def band_of(completion: Fraction | None, thresholds: Thresholds) -> Band | None:
    """Return the band of an exact completion; None when it is not measurable."""
    if completion is None:
        return None
    if completion >= thresholds.on_track:
        return Band.ON_TRACK
    return Band.WATCH if completion >= thresholds.watch else Band.LOW


def group_figures(patients: Sequence[PatientFigure], thresholds: Thresholds) -> GroupFigures:
    """Return the figures of a group; each patient weighs the same, however many exercises the plan has."""
    completions = [patient.completion for patient in patients if patient.is_measurable]
    expecting = [patient for patient in patients if patient.expected > 0]
    return GroupFigures(
        patients=len(patients),
        measurable=len(completions),
        excluded=len(patients) - len(completions),
        mean=sum(completions, Fraction(0)) / len(completions) if completions else None,
        median=median(completions) if completions else None,
        bands=_bands(completions, thresholds),
        coverage=Ratio(Fraction(sum(patient.reported for patient in expecting)), len(expecting)),
    )


def _bands(completions: Iterable[Fraction], thresholds: Thresholds) -> dict[Band, int]:
    bands = dict.fromkeys(Band, 0)
    for completion in completions:
        band = band_of(completion, thresholds)
        if band is not None:
            bands[band] += 1
    return bands
