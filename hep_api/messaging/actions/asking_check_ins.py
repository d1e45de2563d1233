"""Asking: of a patient at once, by somebody of the care team, and of everybody whom a rule finds due.

A check-in of a rule has one row for each of its dates, and a date is settled for good in the transaction that asks it;
so whatever is run again, or by several workers at once, nobody is asked twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Patient
from hep_api.foundation.clock import local_date
from hep_api.foundation.database import part_of
from hep_api.foundation.errors import Problem, conflict, invalid_field
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs.deadlines import TookTooLong
from hep_api.messaging.actions.check_in_rules import wake
from hep_api.messaging.actions.posting import post_message
from hep_api.messaging.causes import caused_by
from hep_api.messaging.check_ins import due
from hep_api.messaging.check_ins.due import Due, RuleKind
from hep_api.messaging.check_ins.missed import missed_days
from hep_api.messaging.check_ins.questions import in_language
from hep_api.messaging.models.check_ins import CheckIn, CheckInOutlook, CheckInState
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.queries import check_in_outlooks as outlooks
from hep_api.messaging.queries import check_in_templates
from hep_api.messaging.queries.check_in_outlooks import Asked, StandingRule
from hep_api.messaging.saying import Said

CARD = "check_in"
AT_A_TIME = 50
# Whoever cannot be asked at the moment keeps nobody else waiting.
AGAIN_AFTER = timedelta(hours=1)
WHILE_OTHERS_WORK = timedelta(seconds=5)

log = structlog.get_logger()


def ask_now(session: Session, viewer: Viewer, patient: Patient, body: Mapping[str, Any], now: datetime) -> UUID:
    """Ask a template of a patient, whose row the caller holds locked, and return the check-in's id; once for each `id`.

    Errors: 409 when the conversation has ended, or for an id used otherwise; 422 naming `/template_id`.
    """
    check_in_id = body["id"] or new_id()
    earlier = session.get(CheckIn, (viewer.clinic_id, check_in_id))
    if earlier is not None:
        if (earlier.patient_id, earlier.template_id) != (patient.id, body["template_id"]) or earlier.asked_by is None:
            raise conflict("/id", "used", "This id was used already, for something else; make a new one.")
        return check_in_id
    template = _template_to_ask(session, viewer, body["template_id"])
    asked = outlooks.patients_asked(session, viewer.clinic_id, [patient.id], now)[patient.id]
    if not asked.can_be_asked:
        raise Problem("conversation_ended", 409, "The conversation with this patient has ended.")
    row = _row(viewer.clinic_id, asked, template["id"], template["version"]) | {
        "id": check_in_id,
        "asked_by": viewer.member_id,
        "due_on": local_date(now, patient.zone),
        "due_at": now,
    }
    _ask(session, row, template, asked, now)
    return check_in_id


def ask_due(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Ask what is due of a clinic's rules, a block of patients at a time, and add the job for the rest or for later."""
    found = outlooks.outlooks_due(session, clinic_id, now, AT_A_TIME)
    held = _hold(session, clinic_id, found, now)
    rules = outlooks.rules_standing(session, clinic_id, {row.rule_id for row in held})
    people = outlooks.patients_asked(session, clinic_id, {row.patient_id for row in held}, now)
    missed = _missed(session, clinic_id, rules, people, now)
    for row in held:
        if row.rule_id not in rules:
            # Stopped while the row was added by somebody who still saw it stand.
            session.delete(row)
        elif row.patient_id in people:
            _see_to(session, row, rules[row.rule_id], people[row.patient_id], missed, now)
        else:
            row.look_at = None
    session.flush()
    later = outlooks.next_look(session, clinic_id)
    if later is not None:
        # What is still due is the next block, or in the hands of another worker, who is let finish.
        wake(session, clinic_id, max(later, now if held else now + WHILE_OTHERS_WORK), now)


def _hold(
    session: Session, clinic_id: UUID, found: Sequence[tuple[UUID, UUID]], now: datetime
) -> Sequence[CheckInOutlook]:
    """Lock what is due, unless another worker has: first the patients, as whoever erases one does."""
    if not found:
        return []
    patients = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.id.in_({each for each, _ in found}))
    session.execute(patients.order_by(Patient.id).with_for_update(read=True, key_share=True))
    query = (
        select(CheckInOutlook)
        .where(CheckInOutlook.clinic_id == clinic_id, CheckInOutlook.look_at <= now)
        .where(tuple_(CheckInOutlook.patient_id, CheckInOutlook.rule_id).in_(found))
        .order_by(CheckInOutlook.patient_id, CheckInOutlook.rule_id)
    )
    return session.scalars(query.with_for_update(skip_locked=True)).all()


Missed = Mapping[int, Mapping[UUID, date | None]]


def _missed(
    session: Session,
    clinic_id: UUID,
    rules: Mapping[UUID, StandingRule],
    people: Mapping[UUID, Asked],
    now: datetime,
) -> Missed:
    """Return by number of days the last one missed of everybody, None of who has missed fewer: one statement for each
    number that a rule counts. Whose days cannot be counted is left out, and so put off.
    """
    counted = {each.rule.days or 0 for each in rules.values() if each.rule.kind is RuleKind.MISSED_DAYS}
    if not counted:
        return {}
    looked_at = {
        patient_id: days for patient_id, asked in people.items() if (days := _days_counted(clinic_id, asked, now))
    }
    nobody = dict.fromkeys(looked_at)
    return {days: {**nobody, **missed_days()(session, clinic_id, looked_at, days)} for days in counted}


def _days_counted(clinic_id: UUID, asked: Asked, now: datetime) -> tuple[date, date] | None:
    try:
        return outlooks.days_counted(asked, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are counted all the same
        failed = type(error).__name__
    member_id = str(asked.patient_id)
    log.error("missed_days_not_counted", clinic_id=str(clinic_id), member_id=member_id, error_type=failed)
    return None


def _see_to(
    session: Session, row: CheckInOutlook, standing: StandingRule, asked: Asked, missed: Missed, now: datetime
) -> None:
    """Ask what one rule finds due for one patient; when that fails, it is tried again later, and the others go on."""
    rule = standing.rule
    failed = None
    try:
        missed_on = missed[rule.days or 0][asked.patient_id] if rule.kind is RuleKind.MISSED_DAYS else None
        outlook = due.look(rule, due.Patient(asked.zone, asked.courses, missed_on), row.settled_on, now)
        with part_of(session):
            if asked.can_be_asked and not standing.is_archived:
                for each in outlook.due:
                    _ask_of_rule(session, row, standing, asked, each, now)
    except (OperationalError, TookTooLong):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are asked all the same
        failed = type(error).__name__
    if failed is not None:
        clinic_id, member_id = str(row.clinic_id), str(row.patient_id)
        log.error("check_in_not_asked", clinic_id=clinic_id, member_id=member_id, error_type=failed)
        row.look_at = now + AGAIN_AFTER
        return
    row.settled_on, row.look_at = outlook.settled_on, outlook.look_at


def _ask_of_rule(
    session: Session, outlook: CheckInOutlook, standing: StandingRule, asked: Asked, each: Due, now: datetime
) -> None:
    row = _row(outlook.clinic_id, asked, standing.template_id, standing.version) | {
        "rule_id": outlook.rule_id,
        "due_on": each.on,
        "due_at": each.at,
    }
    if each.too_late:
        session.execute(insert(CheckIn).values(row | {"state": CheckInState.SKIPPED}).on_conflict_do_nothing())
    else:
        _ask(session, row, standing.content, asked, now)


def _row(clinic_id: UUID, asked: Asked, template_id: UUID, version: int) -> dict[str, Any]:
    place = {"clinic_id": clinic_id, "patient_id": asked.patient_id, "conversation_id": asked.conversation_id}
    return {**place, "id": new_id(), "template_id": template_id, "version": version}


def _ask(session: Session, row: Mapping[str, Any], content: Mapping[str, Any], asked: Asked, now: datetime) -> None:
    """Add the check-in, unless its date has one, and say in the conversation that it is there."""
    sent = {"state": CheckInState.SENT, "sent_at": now}
    sent |= {"expires_at": now + timedelta(days=content["expires_after_days"])}
    adding = insert(CheckIn).values({**row, **sent}).on_conflict_do_nothing().returning(CheckIn.id)
    if session.scalar(adding) is None:
        return
    card = {"type": CARD, "check_in_id": str(row["id"])}
    card |= {"template_id": str(row["template_id"]), "version": row["version"]}
    title = in_language(content["title"], [asked.language], content["language"])
    said = Said(caused_by(CARD, row["id"]), str(title), kind=MessageKind.CHECK_IN, card=card)
    message = post_message(session, row["clinic_id"], asked.conversation_id, said, now)
    this = (CheckIn.clinic_id == row["clinic_id"]) & (CheckIn.id == row["id"])
    session.execute(update(CheckIn).where(this).values(seq=message.seq))


def _template_to_ask(session: Session, viewer: Viewer, template_id: UUID) -> dict[str, Any]:
    try:
        template = check_in_templates.template_for(session, viewer, template_id)
    except Problem:
        raise invalid_field("/template_id", "unknown_template", "The clinic has no such template.") from None
    if template["archived_at"] is not None:
        raise invalid_field("/template_id", "archived", "This template is archived; restore it first.")
    return template
