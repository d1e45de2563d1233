"""Whether pushes and mails leave and jobs run, in numbers, as a clinic's leaders see it. Nothing of any patient's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.foundation.jobs.models import Job, Outcome
from hep_api.notifications.delivery.carriers import carriers
from hep_api.notifications.models.pushes import Provider, Push, PushPause, PushResult, PushState
from hep_api.notifications.queries.mails import MailHealth, mail_health

RESULTS_OF = timedelta(hours=24)


class ChannelState(StrEnum):
    """`failing`: its provider refuses or does not answer, again and again; what is to be pushed waits for it."""

    CONFIGURED = "configured"
    NOT_CONFIGURED = "not_configured"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class PushHealth:
    """One way of pushing. `oldest_due_seconds`: for how long something has been due; null: nothing is."""

    state: ChannelState
    failing_since: datetime | None
    failing_with: PushResult | None
    waiting: int
    oldest_due_seconds: int | None
    dead_letters: int
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResultCount:
    """How many pushes of the last 24 hours ended so."""

    provider: Provider
    state: PushState
    result: PushResult | None
    count: int


@dataclass(frozen=True, slots=True)
class JobHealth:
    """The clinic's background work; `oldest_due_seconds` grows while no worker runs."""

    oldest_due_seconds: int | None
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Health:
    pushes: PushHealth
    web_pushes: PushHealth
    results: list[ResultCount]
    mail: MailHealth
    jobs: JobHealth


def health_of(session: Session, clinic_id: UUID, now: datetime) -> Health:
    """Return a clinic's health, in a fixed number of statements."""
    pauses = {pause.provider: pause for pause in session.scalars(select(PushPause))}
    return Health(
        pushes=_pushes(session, clinic_id, Provider.FCM, pauses, now),
        web_pushes=_pushes(session, clinic_id, Provider.WEB_PUSH, pauses, now),
        results=_results(session, clinic_id, now),
        mail=mail_health(session, clinic_id),
        jobs=_jobs(session, clinic_id, now),
    )


def _pushes(
    session: Session, clinic_id: UUID, provider: Provider, pauses: Mapping[Provider, PushPause], now: datetime
) -> PushHealth:
    theirs = (Push.clinic_id == clinic_id) & (Push.provider == provider)
    states = PushState.WAITING, PushState.DEAD, PushState.SENT
    waiting, dead, sent = (theirs & (Push.state == state) for state in states)
    # Each by the index of its state: what was sent in the last months is not counted through.
    numbers = (
        select(func.count()).where(waiting),
        select(func.min(Push.due_at)).where(waiting, Push.due_at <= now),
        select(func.count()).where(dead),
        select(func.max(Push.finished_at)).where(sent),
    )
    count, oldest, given_up, last_sent_at = session.execute(select(*(each.scalar_subquery() for each in numbers))).one()
    pause = pauses.get(provider)
    failing = pause if pause is not None and pause.paused_until is not None else None
    return PushHealth(
        state=_state(provider, failing),
        failing_since=failing.since if failing else None,
        failing_with=failing.result if failing else None,
        waiting=count,
        oldest_due_seconds=_seconds(oldest, now),
        dead_letters=given_up,
        last_sent_at=last_sent_at,
    )


def _state(provider: Provider, failing: PushPause | None) -> ChannelState:
    if not carriers().is_configured(provider):
        return ChannelState.NOT_CONFIGURED
    return ChannelState.FAILING if failing else ChannelState.CONFIGURED


def _results(session: Session, clinic_id: UUID, now: datetime) -> list[ResultCount]:
    how = Push.provider, Push.state, Push.result
    ended = Push.state.in_([state for state in PushState if state is not PushState.WAITING])
    lately = select(*how, func.count()).where(Push.clinic_id == clinic_id, ended, Push.finished_at > now - RESULTS_OF)
    return [ResultCount(*row) for row in session.execute(lately.group_by(*how).order_by(*how))]


def _jobs(session: Session, clinic_id: UUID, now: datetime) -> JobHealth:
    due = (Job.clinic_id == clinic_id) & Job.outcome.is_(None) & (Job.run_at <= now)
    dead = select(func.count()).where(Job.clinic_id == clinic_id, Job.outcome == Outcome.DEAD)
    oldest, dead_letters = session.execute(
        select(select(func.min(Job.run_at)).where(due).scalar_subquery(), dead.scalar_subquery())
    ).one()
    return JobHealth(_seconds(oldest, now), dead_letters)


def _seconds(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else int((now - since).total_seconds())
