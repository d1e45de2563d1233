"""Telling patients of their plan and of what they are asked, and whoever's turn it is of an alert."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.messaging.models.check_ins import CheckIn
from hep_api.notifications.actions import keeping
from hep_api.notifications.actions.telling import tell, tell_each
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.notices import Notice
from hep_api.notifications.queries.causes import list_alerted, open_flag, still_asked
from hep_api.notifications.queries.plan_news import list_plan_news
from hep_api.notifications.queries.told import last_told


def tell_plan(session: Session, clinic_id: UUID, plan_id: UUID, now: datetime) -> None:
    """Tell a patient that their plan is there, or that it has changed, unless they have seen it meanwhile."""
    for news in list_plan_news(session, clinic_id, [plan_id]):
        kind = NoticeKind.PLAN_PUBLISHED if news.is_new else NoticeKind.PLAN_CHANGED
        tell_each(session, clinic_id, [Notice(news.patient_id, kind, plan_id, news.last_revision)], now)


def tell_check_in(session: Session, clinic_id: UUID, check_in_id: UUID, now: datetime) -> None:
    """Tell a patient that they are asked something, unless they have seen it meanwhile."""
    asked = select(CheckIn.patient_id).where(CheckIn.clinic_id == clinic_id, CheckIn.id == check_in_id)
    patient_id = session.scalar(asked)
    if patient_id is not None and still_asked(session, clinic_id, [(patient_id, check_in_id)], now):
        tell(session, clinic_id, NoticeKind.CHECK_IN, [patient_id], check_in_id, now)


def tell_flag(session: Session, clinic_id: UUID, flag_id: UUID, now: datetime) -> None:
    """Alert whoever's turn a red flag is now, once in each turn."""
    keeping.alone(session, clinic_id, flag_id)
    flag = open_flag(session, clinic_id, flag_id)
    if flag is None:
        return
    members = list_alerted(session, flag)
    earlier = last_told(session, clinic_id, NoticeKind.RED_FLAG, flag_id, members)
    notices = [
        Notice(member_id, NoticeKind.RED_FLAG, flag_id, flag.passes)
        for member_id in members
        if member_id not in earlier or (earlier[member_id].number or 0) < flag.passes
    ]
    tell_each(session, clinic_id, notices, now)
