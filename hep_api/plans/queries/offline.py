"""All that a phone needs for days without a network: each plan with every version, exercise, date and pause, from which
it works out any day by itself, and the next two weeks worked out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.library.showing import shown_exercise
from hep_api.plans.calendar import CalendarDay, QuotaWeek, days_of, quota_weeks_of
from hep_api.plans.models.plans import DischargeReason, Plan
from hep_api.plans.prefetching import Prefetch, to_prefetch
from hep_api.plans.queries.calendar import lines_of
from hep_api.plans.queries.held import HeldPlan, HeldVersion, plans_held, versions_held
from hep_api.plans.queries.held_changes import HeldChanges, changes_from, waiting_of_plan
from hep_api.plans.queries.held_goals import HeldGoal, goals_from, goals_of_plan
from hep_api.plans.queries.held_phases import HeldPhase, phases_from, phases_of_plan
from hep_api.plans.queries.patients import KnownPatient, known_at_once, known_patient
from hep_api.plans.saying import in_words

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class OfflineVersion:
    version: int
    position: int
    dose: dict[str, Any]
    schedule: dict[str, Any]
    in_words: str
    valid_from: date
    valid_to: date | None
    anchor_on: date


@dataclass(frozen=True, slots=True)
class OfflinePrescription:
    id: UUID
    exercise: dict[str, Any]
    versions: list[OfflineVersion]


@dataclass(frozen=True, slots=True)
class OfflinePlan:
    """A plan; `pauses` are `{"from": day, "to": day or None}`, `goals` the texts of `goals_in_full`."""

    id: UUID
    title: str
    goals: Sequence[str]
    goals_in_full: Sequence[HeldGoal]
    own_why: str
    values_and_preferences: str
    starts_on: date
    ends_on: date | None
    discharge_reason: DischargeReason | None
    version: int
    pauses: Sequence[dict[str, date | None]]
    phases: Sequence[HeldPhase]
    prescriptions: Sequence[OfflinePrescription]


@dataclass(frozen=True, slots=True)
class OfflineBundle:
    """The plans of a patient that are running, planned, or ended within the days the clinic keeps them readable; the
    days from `today` on as a calendar has them.
    """

    patient_id: UUID
    zone: str
    day_starts_at: str
    today: date
    plans: Sequence[OfflinePlan]
    changes_to_acknowledge: Sequence[HeldChanges]
    days: Sequence[CalendarDay]
    quotas: Sequence[QuotaWeek]
    media: Sequence[Prefetch]


@dataclass(frozen=True, slots=True)
class AskedOffline:
    """Whose bundle is asked for, when and in which languages: all that the bundle depends on."""

    patient: KnownPatient
    today: date
    languages: Sequence[str]

    @property
    def ended_after(self) -> date:
        return self.today - timedelta(days=self.patient.readable_days)

    @property
    def marks(self) -> tuple[object, ...]:
        return ("offline", self.ended_after, *self.patient.marks(self.today, self.languages))


def offline_for(
    session: Session, viewer: Viewer, patient_id: UUID, languages: Sequence[str], now: datetime
) -> AskedOffline:
    """Return whose bundle is asked for, in one statement; 404 when the viewer may not see the patient."""
    patient = known_patient(session, viewer, patient_id)
    return AskedOffline(patient, patient.today(now), languages)


def offline_at_once(viewer: Viewer, patient_id: UUID, languages: Sequence[str], now: datetime) -> AskedOffline | None:
    """Return what `offline_for` does for a remembered viewer, proven and recorded in one round trip; None when it does
    not come out.
    """
    known = known_at_once(viewer, patient_id)
    return AskedOffline(known[0], known[0].today(now), languages) if known else None


def get_bundle(session: Session, asked: AskedOffline, now: datetime) -> OfflineBundle:
    """Return the bundle in two statements, however many plans."""
    patient = asked.patient
    held = plans_held(
        session,
        *readable(patient.clinic_id, patient.patient_id, asked.ended_after),
        more=(*beside_a_plan(), waiting_of_plan()),
        values={"now": now, "today": asked.today},
    )
    versions = versions_held(session, patient.clinic_id, [each.plan.id for each in held])
    lines = lines_of(held, versions)
    last = asked.today + timedelta(days=DAYS_AHEAD - 1)
    kept = [each.exercise for each in versions if each.exercise is not None]
    return OfflineBundle(
        patient_id=patient.patient_id,
        zone=patient.zone,
        day_starts_at=patient.day_starts_at.strftime("%H:%M"),
        today=asked.today,
        plans=plans_from(held, versions, asked.languages),
        changes_to_acknowledge=_waiting(held, asked.languages),
        days=days_of(lines, asked.today, last),
        quotas=quota_weeks_of(lines, asked.today, last),
        media=to_prefetch((entry for exercise in kept for entry in exercise.get("media", ())), now),
    )


def beside_a_plan() -> tuple[ColumnElement[Any], ...]:
    """Return the columns that `plans_from` needs first beside each plan; they leave a place for the day `today`."""
    return goals_of_plan(), phases_of_plan()


def plans_from(
    held: Sequence[HeldPlan], versions: Iterable[HeldVersion], languages: Sequence[str]
) -> list[OfflinePlan]:
    """Return the plans as a phone keeps them, of the versions that are given."""
    prescriptions = _prescriptions(versions, languages)
    return [_plan(each, prescriptions.get(each.plan.id, ())) for each in held]


def readable(clinic_id: UUID, patient_id: UUID, ended_after: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `Plan` for the plans that the patient's phone keeps."""
    return (
        Plan.clinic_id == clinic_id,
        Plan.patient_id == patient_id,
        Plan.ends_on.is_(None) | (Plan.ends_on > ended_after),
    )


def _waiting(held: Sequence[HeldPlan], languages: Sequence[str]) -> list[HeldChanges]:
    found = [changes for each in held for changes in changes_from(each.plan, each.more[2], languages)]
    return sorted(found, key=lambda changes: changes.effective_on)


def _plan(held: HeldPlan, prescriptions: Sequence[OfflinePrescription]) -> OfflinePlan:
    plan = held.plan
    return OfflinePlan(
        id=plan.id,
        title=plan.title,
        goals=plan.goals,
        goals_in_full=goals_from(held.more[0]),
        own_why=plan.own_why,
        values_and_preferences=plan.values_and_preferences,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        discharge_reason=plan.discharge_reason,
        version=plan.version,
        pauses=[{"from": start, "to": end} for start, end in held.terms.pauses],
        phases=phases_from(held.more[1]),
        prescriptions=prescriptions,
    )


def _prescriptions(versions: Iterable[HeldVersion], languages: Sequence[str]) -> dict[UUID, list[OfflinePrescription]]:
    """Return the prescriptions of each plan in the order of their newest versions' places, each version by date."""
    language = best_language(WRITTEN, languages)
    found: dict[UUID, dict[UUID, OfflinePrescription]] = {}
    by_date = sorted(versions, key=lambda each: each.version.valid_from)
    for each in by_date:
        of_plan = found.setdefault(each.plan_id, {})
        prescription_id = each.version.prescription_id
        if each.exercise is not None:
            exercise = shown_exercise(each.exercise, languages)
            of_plan[prescription_id] = OfflinePrescription(prescription_id, exercise, [])
        of_plan[prescription_id].versions.append(_version(each, language))
    return {
        plan_id: sorted(by_id.values(), key=lambda each: each.versions[-1].position) for plan_id, by_id in found.items()
    }


def _version(held: HeldVersion, language: str) -> OfflineVersion:
    version = held.version
    return OfflineVersion(
        version=version.version,
        position=held.position,
        dose=held.dose,
        schedule=held.schedule,
        in_words=in_words(version.dose, version.schedule, language),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        anchor_on=version.anchor_on,
    )
