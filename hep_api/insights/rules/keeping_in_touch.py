"""Rules on patients and clinic losing each other: messages that wait, and invitations that nobody accepts."""

from datetime import timedelta

from hep_api.clinics.models import MemberStatus
from hep_api.foundation import clock
from hep_api.insights.evidence import Json, evidence
from hep_api.insights.rules.findings import Finding
from hep_api.insights.standing import Standing, Waiting

UNREAD_HOURS = 72
INVITED_HOURS = 72


def find_unanswered(standing: Standing) -> Finding | None:
    """Hold when the clinic has been open for its response time since the patient's first message without an answer."""
    return _waiting_too_long(standing, standing.unanswered, standing.response_hours)


def find_unread(standing: Standing) -> Finding | None:
    """Hold when the patient has not read for 72 hours what a practitioner wrote."""
    return _waiting_too_long(standing, standing.unread, UNREAD_HOURS)


def find_not_activated(standing: Standing) -> Finding | None:
    """Hold when the newest invitation of somebody who has not come in is 72 hours old."""
    invited_at = standing.invited_at
    if standing.status is not MemberStatus.INVITED or invited_at is None:
        return None
    if invited_at + timedelta(hours=INVITED_HOURS) > standing.now:
        return None
    found = evidence(waiting_since=invited_at, hours_allowed=INVITED_HOURS)
    return Finding(clock.local_date(invited_at, standing.zone), found)


def is_other_invitation(found: Json, seen: Json) -> bool:
    """Tell whether there is a newer invitation than the one that somebody has seen."""
    return bool(found["waiting_since"] != seen["waiting_since"])


def _waiting_too_long(standing: Standing, waiting: Waiting | None, hours: int) -> Finding | None:
    if waiting is None or waiting.last_seq is None:
        return None
    found = evidence(
        conversation_id=str(waiting.conversation_id),
        messages=waiting.messages,
        first_seq=waiting.first_seq,
        last_seq=waiting.last_seq,
        waiting_since=waiting.since,
        hours_allowed=hours,
    )
    return Finding(clock.local_date(waiting.since, standing.zone), found)
