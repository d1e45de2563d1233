"""Having a push tried again that was given up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import Problem
from hep_api.notifications.delivery.carriers import carriers
from hep_api.notifications.delivery.turns import call_turn
from hep_api.notifications.models.pushes import Push, PushState
from hep_api.notifications.queries.devices import list_standing
from hep_api.notifications.queries.pushes import push_to_retry


def retry_push(session: Session, viewer: Viewer, push_id: UUID, now: datetime) -> Push:
    """Have a dead letter tried again at once, for as long as it was worth showing at first; return it.

    Asked again, nothing changes: one that was retried already is returned as it is. Errors: 404; 409 for one that was
    never given up, whose device is gone, or whose provider is not configured.
    """
    push = push_to_retry(session, viewer, push_id)
    if push.state is not PushState.DEAD:
        if push.retried_at is None:
            raise Problem("push_not_dead", 409, "Only a push that was given up is tried again.")
        return push
    if not carriers().is_configured(push.provider):
        raise Problem("push_not_configured", 409, "There are no credentials for its provider.")
    if not list_standing(session, viewer.clinic_id, [push.device_id], now):
        raise Problem("device_gone", 409, "Its device is not pushed to any more.")
    push.expires_at = now + (push.expires_at - (push.retried_at or push.created_at))
    push.state, push.due_at, push.finished_at = PushState.WAITING, now, None
    push.attempts, push.retried_at = 0, now
    session.flush()
    call_turn(session, viewer.clinic_id, now, now, urgent=push.urgent)
    return push
