"""A push to one's own device, to see whether it arrives."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.notifications.actions.pushing import row_of
from hep_api.notifications.delivery.turns import call_turn
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.pushes import Push, PushState
from hep_api.notifications.queries.devices import list_standing
from hep_api.notifications.told import Told

LIVES = timedelta(minutes=10)


def push_test(session: Session, viewer: Viewer, device_id: UUID, now: datetime) -> Push:
    """Add a test push to one of the viewer's own devices, through quiet hours and without counting; 404 otherwise."""
    own = list_standing(session, viewer.clinic_id, [device_id], now)
    if not own or own[0].member_id != viewer.member_id:
        raise not_found("device")
    # About the device: each takes the place of the one before on its screen.
    told = Told(viewer.member_id, NoticeKind.TEST, device_id, LIVES, urgent=True)
    push = Push(**row_of(viewer.clinic_id, told, own[0], now))
    session.add(push)
    session.flush()
    if push.state is PushState.WAITING:
        call_turn(session, viewer.clinic_id, now, now, urgent=True)
    return push
