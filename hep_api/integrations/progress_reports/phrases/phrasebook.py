"""The phrases that a report needs: each language fills one Phrasebook, so none can lack a phrase.

A report speaks with one of two voices: to the patient in plain words, to the doctor in those of the profession. The
definitions are those of docs/metrics.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hep_api.adherence.entries import SkipReason
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason


@dataclass(frozen=True, slots=True)
class Named:
    """What a measure is called, and what it means."""

    name: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """`measures` in the order in which they stand, by their names in the content; the first is the headline."""

    title: str
    goals: str
    figures: str
    by_week: str
    pain: str
    skips: str
    exercises: str
    changes: str
    definitions: str
    measures: Mapping[str, Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """Text in braces is filled in."""

    patient: Voice
    doctor: Voice
    for_whom: str
    born: str
    to_doctor: str
    plan: str
    runs_from: str
    runs_between: str
    own_why: str
    period: str
    no_days: str
    author: str
    practitioner: str
    known: str
    visits: str
    counts: str
    not_measurable: str
    measure: str
    value: str
    of: str
    week: str
    chart_of: str
    chart_range: str
    chart_empty: str
    rating_pain: str
    rating_effort: str
    rating_axis: str
    rating_table: str
    days_reported: str
    range_of: str
    slope: str
    reason: str
    times: str
    no_reason: str
    exercise: str
    prescribed: str
    ended: str
    start: str
    target: str
    target_by: str
    measured: str
    progress: str
    pauses: str
    pause: str
    pause_open: str
    nothing: str
    report: str
    seal: str
    reasons: Mapping[SkipReason, str]
    states: Mapping[GoalState, str]
    discharged: Mapping[DischargeReason, str]
