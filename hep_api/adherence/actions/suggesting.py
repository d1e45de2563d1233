"""Suggest the next dose where its rule is met, take suggestions back that no longer hold, and settle them.

Nothing here changes a plan but `accept_suggestion`, which a practitioner calls.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.actions import locking
from hep_api.adherence.counting import DayCount
from hep_api.adherence.facts import EventsRecorded
from hep_api.adherence.models.suggestions import DoseSuggestion, SuggestionState
from hep_api.adherence.progressing import evidence_for
from hep_api.adherence.queries import suggestions
from hep_api.adherence.queries.counts import Scope, counts_in
from hep_api.adherence.queries.suggestions import ShownSuggestion
from hep_api.adherence.windows import Window
from hep_api.dosing.dose import Dose
from hep_api.dosing.progression import Progression
from hep_api.dosing.schedule import Schedule
from hep_api.foundation import clock
from hep_api.foundation.errors import Problem, conflict
from hep_api.foundation.jobs import queue
from hep_api.plans import dating
from hep_api.plans.actions import publish
from hep_api.plans.facts import PlanEnded, RevisionPublished
from hep_api.plans.models.revisions import PlanRevision, PrescriptionVersion, RevisionItem
from hep_api.plans.queries.plans import PlanInCare

SUGGEST = "adherence.suggest_doses"
# What a phone uploads in parts is judged once.
SOON = timedelta(minutes=1)


def suggest_soon(session: Session, fact: EventsRecorded) -> None:
    """React to what may meet a rule: judge the patient's rules in a while."""
    ask(session, fact.clinic_id, fact.patient_id, clock.now())


def review_of_plan(session: Session, fact: RevisionPublished | PlanEnded) -> None:
    """React to what may make an open suggestion outdated: judge the rules again where there is one."""
    is_open = (DoseSuggestion.plan_id == fact.plan_id) & (DoseSuggestion.state == SuggestionState.OPEN)
    found = select(DoseSuggestion.id).where(DoseSuggestion.clinic_id == fact.clinic_id, is_open).limit(1)
    if session.scalar(found) is not None:
        suggest_doses(session, fact.clinic_id, fact.patient_id, clock.now())


def ask(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> None:
    """Add the job that judges a patient's rules, unless one waits already."""
    payload = {"clinic_id": str(clinic_id), "patient_id": str(patient_id)}
    key = f"{clinic_id}:{patient_id}"
    queue.enqueue(session, SUGGEST, payload, now=now, clinic_id=clinic_id, run_at=now + SOON, dedupe_key=key)


def suggest_doses(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> None:
    """Judge the patient's rules: add suggestions that are new, take back those that no longer hold. Safe to repeat."""
    last_closed = clock.last_closed_day(now, *locking.lock_patient(session, clinic_id, patient_id))
    rules = suggestions.rules_of(session, clinic_id, patient_id, last_closed + timedelta(days=1))
    known = session.scalars(
        select(DoseSuggestion).where(DoseSuggestion.clinic_id == clinic_id, DoseSuggestion.patient_id == patient_id)
    ).all()
    counts = _counts(session, clinic_id, patient_id, rules, last_closed)
    held = {(row.prescription_id, row.version): row for row in rules}
    met = {key: _evidence(row, last_closed, counts) for key, row in held.items()}
    for each in known:
        if each.state is SuggestionState.OPEN and not _still_holds(each, held, met):
            each.state, each.settled_at = SuggestionState.OUTDATED, now
    session.flush()
    said = [each for each in known if each.state is not SuggestionState.OUTDATED]
    for key, row in held.items():
        evidence = None if row.paused else met[key]
        if evidence is None or any(_is_about(each, row) for each in said):
            continue
        session.add(
            DoseSuggestion(
                clinic_id=clinic_id,
                patient_id=patient_id,
                plan_id=row.plan_id,
                prescription_id=row.prescription_id,
                version=row.version,
                rule=row.progression,
                evidence=evidence,
                suggested_at=now,
            )
        )
    session.flush()


def accept_suggestion(
    session: Session, viewer: Viewer, found: PlanInCare, shown: ShownSuggestion, body: dict[str, Any], now: datetime
) -> ShownSuggestion:
    """Publish the plan with the next dose, and the next schedule if there is one; its row is locked by the caller.

    Errors: 409 for a suggestion that is settled, or when another version than it was made for, or another rule, holds
    on that date; else as for publishing a revision.
    """
    suggestion = shown.suggestion
    _refuse_settled(suggestion)
    plan = found.plan
    day = dating.first_day_of_revision(
        body["effective_on"], found.today(now), plan.starts_on, plan.ends_on, body["reason"]
    )
    items = _items_with_next_dose(session, suggestion, day)
    suggestion.state, suggestion.settled_at = SuggestionState.ACCEPTED, now
    suggestion.settled_by, suggestion.revision_number = viewer.member_id, plan.last_revision + 1
    session.flush()
    revision = {"id": None, "effective_on": day, "reason": body["reason"], "note": body["note"], "items": items}
    publish.publish_revision(session, viewer, found, revision, now)
    return ShownSuggestion(suggestion, shown.exercise, shown.patient_name, plan.version)


def dismiss_suggestion(
    session: Session, viewer: Viewer, shown: ShownSuggestion, reason: str, now: datetime
) -> ShownSuggestion:
    """Dismiss a suggestion: the same rule is not suggested again for this version. 409 for one that is settled."""
    suggestion = shown.suggestion
    _refuse_settled(suggestion)
    suggestion.state, suggestion.settled_at = SuggestionState.DISMISSED, now
    suggestion.settled_by, suggestion.reason = viewer.member_id, reason
    session.flush()
    return shown


def _refuse_settled(suggestion: DoseSuggestion) -> None:
    if suggestion.state is not SuggestionState.OPEN:
        raise conflict("suggestion_id", "settled", f"This suggestion is {suggestion.state.value}.")


def _items_with_next_dose(session: Session, suggestion: DoseSuggestion, day: date) -> list[dict[str, Any]]:
    """Return the items that govern the day, with the next dose; its rule has done its work and goes."""
    governing = (
        select(PlanRevision.id)
        .where(PlanRevision.clinic_id == suggestion.clinic_id, PlanRevision.plan_id == suggestion.plan_id)
        .where(PlanRevision.effective_on <= day)
        .order_by(PlanRevision.effective_on.desc(), PlanRevision.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.scalars(
        select(RevisionItem)
        .where(RevisionItem.clinic_id == suggestion.clinic_id, RevisionItem.revision_id == governing)
        .order_by(RevisionItem.position)
    ).all()
    own = next((row for row in rows if row.prescription_id == suggestion.prescription_id), None)
    # Another version may have the same rule, whose next dose could be less than what it has.
    if own is None or own.progression != suggestion.rule or not _holds_on(session, suggestion, day):
        raise _changed_meanwhile()
    return [_carried(row, suggestion if row is own else None) for row in rows]


def _holds_on(session: Session, suggestion: DoseSuggestion, day: date) -> bool:
    """Tell whether the version that the suggestion was made for, with its dose and schedule, holds on the day."""
    version = select(PrescriptionVersion.id).where(
        PrescriptionVersion.clinic_id == suggestion.clinic_id,
        PrescriptionVersion.prescription_id == suggestion.prescription_id,
        PrescriptionVersion.version == suggestion.version,
        PrescriptionVersion.valid_from <= day,
        (PrescriptionVersion.valid_to > day) | PrescriptionVersion.valid_to.is_(None),
    )
    return session.scalar(version) is not None


def _carried(row: RevisionItem, suggestion: DoseSuggestion | None) -> dict[str, Any]:
    progression = Progression.from_json(row.progression) if row.progression else None
    dose, schedule = Dose.from_json(row.dose), Schedule.from_json(row.schedule)
    if suggestion is not None and progression is not None:
        dose, schedule = progression.next_dose, progression.next_schedule or schedule
        progression = None
    return {
        "exercise_id": None,
        "prescription_id": row.prescription_id,
        "dose": dose,
        "schedule": schedule,
        "progression": progression,
    }


def _changed_meanwhile() -> Problem:
    return conflict("suggestion_id", "outdated", "What the plan says of this exercise on that date is another.")


def _counts(
    session: Session, clinic_id: UUID, patient_id: UUID, rules: Any, last_closed: date
) -> dict[UUID, list[DayCount]]:
    """Return the counts that any rule looks at, today's among them, by prescription."""
    if not rules:
        return {}
    longest = max(row.progression["after_days"] for row in rules)
    window = Window(last_closed - timedelta(days=longest - 1), last_closed + timedelta(days=1))
    found: dict[UUID, list[DayCount]] = defaultdict(list)
    for each in counts_in(session, Scope(clinic_id, patient_id), [window]):
        found[each.prescription_id].append(each.count)
    return found


def _evidence(row: Any, last_closed: date, counts: dict[UUID, list[DayCount]]) -> dict[str, Any] | None:
    rule = Progression.from_json(row.progression)
    evidence = evidence_for(rule, row.valid_from, last_closed, counts.get(row.prescription_id, ()))
    return None if evidence is None else evidence.to_json()


def _is_about(suggestion: DoseSuggestion, row: Any) -> bool:
    return (suggestion.prescription_id, suggestion.version, suggestion.rule) == (
        row.prescription_id,
        row.version,
        row.progression,
    )


def _still_holds(suggestion: DoseSuggestion, held: dict[Any, Any], met: dict[Any, Any]) -> bool:
    key = (suggestion.prescription_id, suggestion.version)
    row = held.get(key)
    return row is not None and row.progression == suggestion.rule and (row.paused or met[key] is not None)
