"""HTTP doors of pushes: what was given up, for owners, and a test of one's own phone."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.limits.rates import HOUR
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.foundation.web.pacing import limited
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.notifications.actions import retrying, testing
from hep_api.notifications.models.pushes import Push
from hep_api.notifications.queries import pushes
from hep_api.notifications.schemas.pushes import PushOut, PushQuery

routes = Routes("pushes", "What was pushed, and what came of it.")


@routes.get("/clinic/pushes")
@signed_in(Role.OWNER)
@asks(PushQuery)
@returns(page_of(PushOut))
def list_pushes(query: dict[str, Any]) -> Page[Push]:
    """List pushes that ended in a state, the last first: by default those that were given up.

    Nobody is named: neither whom a push was for nor what it was about. They are kept for 90 days.
    """
    with transaction() as session:
        return pushes.list_pushes_for(session, viewer(), query)


@routes.post("/clinic/pushes/<uuid:push_id>/retry")
@signed_in(Role.OWNER)
@returns(PushOut)
def retry_push(push_id: UUID) -> Push:
    """Have a push that was given up tried again at once; asked twice, it is tried once.

    Errors: 409 `push_not_dead` when it was never given up, `device_gone`, `push_not_configured`.
    """
    with transaction() as session:
        return retrying.retry_push(session, viewer(), push_id, clock.now())


@routes.post("/me/devices/<uuid:device_id>/test")
@signed_in(*EVERYONE)
@limited(20, HOUR)
@returns(PushOut, 202)
def push_test(device_id: UUID) -> Push:
    """Push something to one of one's own devices, to see whether it arrives; also in quiet hours.

    `not_configured` says that this installation has no credentials for it.
    """
    with transaction() as session:
        return testing.push_test(session, viewer(), device_id, clock.now())


@routes.get("/me/devices/<uuid:device_id>/test")
@signed_in(*EVERYONE)
@returns(PushOut)
def get_test(device_id: UUID) -> Push:
    """Show what came of the last test push to one of one's own devices; 404 when there was none."""
    with transaction() as session:
        return pushes.last_test_for(session, viewer(), device_id)
