"""What stands in a report, before it is frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hep_api.adherence.queries.figures import Figures
from hep_api.adherence.ratios import Ratio
from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports.models import Audience
from hep_api.plans.models.plans import DischargeReason
from hep_api.plans.queries.goals import ShownGoal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody wishes of a report. `name`: the patient's in full, not only initials; dates None: the whole plan,
    at most its last 53 weeks.
    """

    id: UUID
    audience: Audience
    language: Language
    recipient: str
    note: str
    name: bool
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True, slots=True)
class ReportedPatient:
    """`birth_date` stands beside a name in full only, in what is written for a doctor."""

    name: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class ReportedPlan:
    """`own_why` is the patient's own, and told to nobody else: "" in what is written for a doctor."""

    title: str
    own_why: str
    starts_on: date
    ends_on: date | None
    discharge_reason: DischargeReason | None
    visits_prescribed: int | None


@dataclass(frozen=True, slots=True)
class ReportedExercise:
    """What is prescribed at the end of the period, in words; None when it had ended before."""

    prescription_id: UUID
    name: str
    prescribed: str | None
    completion: Ratio
    dose: Ratio


@dataclass(frozen=True, slots=True)
class ReportedChange:
    """What a revision changed, line by line."""

    number: int
    effective_on: date
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReportedPause:
    """Half open, as pauses are; `to_on` None while nobody knows."""

    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole report. `weeks` are calendar weeks, the first and the last cut to the period."""

    id: UUID
    plan_id: UUID
    audience: Audience
    language: Language
    as_known_on: datetime
    zone: str
    clinic: str
    location: str
    author: str
    practitioner: str
    recipient: str
    note: str
    patient: ReportedPatient
    plan: ReportedPlan
    from_on: date
    to_on: date
    total: Figures
    weeks: Sequence[Figures]
    exercises: Sequence[ReportedExercise]
    goals: Sequence[ShownGoal]
    pauses: Sequence[ReportedPause]
    changes: Sequence[ReportedChange]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A report as it is kept: its content in JSON, and the page that shows it, sealed; each with its digest."""

    content: str
    content_digest: bytes
    page: str
    page_digest: bytes
