"""What asking check-ins looks at, for a block of a clinic's patients in a few statements. For jobs alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Member, MemberStatus, Patient
from hep_api.foundation.clock import last_closed_day
from hep_api.messaging.check_ins.due import LOOKS_BACK, Course, Rule, RuleKind
from hep_api.messaging.models.check_ins import CheckInOutlook, CheckInRule, CheckInTemplate, CheckInTemplateVersion
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.plans.models.plans import Plan, PlanPause
from hep_api.plans.occurrences import PlanTerms


@dataclass(frozen=True, slots=True)
class Asked:
    """A patient who may be asked: where, in which language, and whether at all now."""

    patient_id: UUID
    zone: str
    day_starts_at: time
    language: str
    conversation_id: UUID
    can_be_asked: bool
    courses: Sequence[Course]


@dataclass(frozen=True, slots=True)
class StandingRule:
    """A rule with what its template asks now; it asks nothing while the template is archived."""

    rule: Rule
    template_id: UUID
    version: int
    content: Mapping[str, Any]
    is_archived: bool


def outlooks_due(session: Session, clinic_id: UUID, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Return (patient, rule) of those to look at now, the longest waiting first; nothing is locked."""
    query = (
        select(CheckInOutlook.patient_id, CheckInOutlook.rule_id)
        .where(CheckInOutlook.clinic_id == clinic_id, CheckInOutlook.look_at <= now)
        .order_by(CheckInOutlook.look_at, CheckInOutlook.patient_id, CheckInOutlook.rule_id)
        .limit(limit)
    )
    return [(row.patient_id, row.rule_id) for row in session.execute(query)]


def next_look(session: Session, clinic_id: UUID) -> datetime | None:
    """Return when anything of a clinic's is to be looked at next."""
    return session.scalar(select(func.min(CheckInOutlook.look_at)).where(CheckInOutlook.clinic_id == clinic_id))


def patients_asked(
    session: Session, clinic_id: UUID, patient_ids: Collection[UUID], now: datetime
) -> dict[UUID, Asked]:
    """Return patients with their plans by id, in three statements; those who are erased are left out."""
    courses = _courses(session, clinic_id, patient_ids, now)
    query = (
        select(
            Patient.id,
            Patient.zone,
            Patient.day_starts_at,
            func.coalesce(Patient.language, Clinic.language).label("language"),
            Conversation.id.label("conversation_id"),
            ((Member.status == MemberStatus.ACTIVE) & Conversation.ended_at.is_(None)).label("can_be_asked"),
        )
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .join(Conversation, (Conversation.clinic_id == Patient.clinic_id) & (Conversation.patient_id == Patient.id))
        .where(Patient.clinic_id == clinic_id, Patient.id.in_(patient_ids), Patient.erased_at.is_(None))
        .where(Conversation.kind == ConversationKind.CARE_TEAM)
    )
    return {row.id: Asked(*row, courses=courses[row.id]) for row in session.execute(query)}


def rules_standing(session: Session, clinic_id: UUID, rule_ids: Collection[UUID]) -> dict[UUID, StandingRule]:
    """Return rules with their templates by id, in one statement; those that were stopped are left out."""
    template = (CheckInTemplate.clinic_id == CheckInRule.clinic_id) & (CheckInTemplate.id == CheckInRule.template_id)
    version = (
        (CheckInTemplateVersion.clinic_id == CheckInTemplate.clinic_id)
        & (CheckInTemplateVersion.template_id == CheckInTemplate.id)
        & (CheckInTemplateVersion.version == CheckInTemplate.version)
    )
    query = (
        select(CheckInRule, CheckInTemplateVersion, CheckInTemplate.archived_at)
        .join(CheckInTemplate, template)
        .join(CheckInTemplateVersion, version)
        .where(CheckInRule.clinic_id == clinic_id, CheckInRule.id.in_(rule_ids), CheckInRule.stopped_at.is_(None))
    )
    return {
        rule.id: StandingRule(_rule(rule), asked.template_id, asked.version, asked.content, archived_at is not None)
        for rule, asked, archived_at in session.execute(query)
    }


def days_counted(patient: Asked, now: datetime) -> tuple[date, date]:
    """Return the first and the last date of a patient's that may count as missed; after a pause they begin anew."""
    closed = last_closed_day(now, patient.zone, patient.day_starts_at)
    return _counted_from(patient.courses, closed), closed


def _counted_from(courses: Sequence[Course], closed: date) -> date:
    ends = [to_on for course in courses for _, to_on in course.terms.pauses if to_on is not None and to_on <= closed]
    starts = [course.terms.starts_on for course in courses]
    return max(ends, default=min(starts, default=closed))


def _rule(row: CheckInRule) -> Rule:
    return Rule(RuleKind(row.kind), row.at, row.made_at, row.days, row.weekday, row.from_on, row.until_on)


def _courses(
    session: Session, clinic_id: UUID, patient_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[Course]]:
    plans = session.execute(
        select(Plan.patient_id, Plan.id, Plan.starts_on, Plan.ends_on, Plan.started_at)
        .where(Plan.clinic_id == clinic_id, Plan.patient_id.in_(patient_ids))
        .where(Plan.ends_on.is_(None) | (Plan.ends_on > now.date() - LOOKS_BACK - timedelta(days=1)))
        .order_by(Plan.id)
    ).all()
    pauses = defaultdict(list)
    query = select(PlanPause.plan_id, PlanPause.from_on, PlanPause.to_on).where(
        PlanPause.clinic_id == clinic_id,
        PlanPause.plan_id.in_([plan.id for plan in plans]),
        PlanPause.replaced_at.is_(None),
        PlanPause.withdrawn.is_(False),
    )
    for plan_id, from_on, to_on in session.execute(query):
        pauses[plan_id].append((from_on, to_on))
    courses = defaultdict(list)
    for plan in plans:
        terms = PlanTerms(plan.starts_on, plan.ends_on, tuple(pauses[plan.id]))
        courses[plan.patient_id].append(Course(terms, plan.started_at))
    return courses
