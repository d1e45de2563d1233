"""How long to wait before a push is tried again, and when a receiver in trouble is left alone altogether. Pure rules.

What a receiver asks for in Retry-After is kept to; without it pauses double, drawn by lot around their length, so that
many pushes that failed together do not come back together.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from hep_api.notifications.delivery.parcels import Answer
from hep_api.notifications.models.pushes import PushResult, PushState

MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(minutes=10)
LONGEST_RETRY_AFTER = timedelta(days=1)
# What Google asks for where it says "too often" without saying until when.
UNLESS_SAID = timedelta(minutes=1)
LONGEST_TROUBLE_PAUSE = timedelta(minutes=5)

ENDINGS: Mapping[PushResult, PushState] = {
    PushResult.ACCEPTED: PushState.SENT,
    PushResult.UNREGISTERED: PushState.DROPPED,
    PushResult.SENDER_MISMATCH: PushState.DROPPED,
    PushResult.DEVICE_GONE: PushState.DROPPED,
    PushResult.CAUSE_GONE: PushState.DROPPED,
    PushResult.REFUSED: PushState.DEAD,
    PushResult.THIRD_PARTY_AUTH: PushState.DEAD,
}
# Nobody has looked at the push: it is not held against it, only its age ends it.
UNSEEN = frozenset({PushResult.NO_ANSWER, PushResult.NOT_LET_IN})
# In a row, before nothing more is sent to a receiver for a while.
TROUBLES_BEFORE_PAUSE: Mapping[PushResult, int] = {
    PushResult.NOT_LET_IN: 2,
    PushResult.NO_ANSWER: 2,
    PushResult.SERVER_ERROR: 5,
    PushResult.GARBLED: 5,
}


def is_trouble(answer: Answer) -> bool:
    """Tell whether an answer says that the provider is in trouble, and not one device of it."""
    return answer.result in TROUBLES_BEFORE_PAUSE and not answer.of_this_one


def is_counted(result: PushResult) -> bool:
    """Tell whether a try that ended so counts towards the most that there are."""
    return result not in UNSEEN


def pause_before_next(result: PushResult, attempts: int, asked: timedelta | None, spread: float) -> timedelta:
    """Return the pause before a push is tried again; `attempts` includes this one, `spread` is drawn by lot, about 1.

    Never shorter than `asked`, which the receiver said.
    """
    doubled = min(timedelta(seconds=2.0 ** min(attempts, 20)), LONGEST_PAUSE) * spread
    if asked is None and result is PushResult.TOO_OFTEN:
        return max(doubled, UNLESS_SAID)
    # A little later than asked for, as clocks differ and all were asked at the same time.
    return max(doubled, asked + timedelta(seconds=max(spread - 0.7, 0.05))) if asked else doubled


def pause_in_trouble(result: PushResult, failures: int, spread: float) -> timedelta | None:
    """Return for how long nothing is sent to a receiver after so many failures in a row; None: not for long enough."""
    over = failures - TROUBLES_BEFORE_PAUSE[result]
    if over < 0:
        return None
    return min(timedelta(seconds=2.0 ** min(over + 1, 20)), LONGEST_TROUBLE_PAUSE) * spread


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for, in seconds or as a date; None where it asks for nothing sensible."""
    if header is None:
        return None
    asked = _seconds(header.strip())
    if asked is None:
        asked = _until(header, now)
    return min(asked, LONGEST_RETRY_AFTER) if asked is not None and asked > timedelta() else None


def _seconds(header: str) -> timedelta | None:
    if not header.isascii() or not header.isdigit():
        return None
    return timedelta(seconds=int(header[:9])) if len(header) <= 9 else LONGEST_RETRY_AFTER


def _until(header: str, now: datetime) -> timedelta | None:
    try:
        said = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (said if said.tzinfo else said.replace(tzinfo=UTC)) - now
