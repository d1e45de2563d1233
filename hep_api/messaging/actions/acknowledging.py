"""A person says that they have seen a red flag and take care of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.messaging.actions import passing_on
from hep_api.messaging.facts.flags import FlagAcknowledged
from hep_api.messaging.models.flags import StepKind
from hep_api.messaging.queries import flags


def acknowledge_flag(
    session: Session, viewer: Viewer, flag_id: UUID, cause_count: int, note: str | None, now: datetime
) -> None:
    """Acknowledge a flag as it was seen, with so many causes; one that somebody has acknowledged stays as it is.

    Errors: 404 for a patient not in one's care; 409 naming `/cause_count` when there are more by now than were seen.
    """
    flag = flags.flag_to_change(session, viewer, flag_id)
    if flag.acknowledged_at is not None:
        return
    if cause_count > flag.causes:
        raise invalid_field("/cause_count", "range", "Must be the cause_count of the flag as it was shown.")
    if cause_count < flag.causes:
        words = "There is more reason for concern than you have seen; look at it again."
        raise conflict("/cause_count", "more_causes", words)
    flag.acknowledged_at, flag.acknowledged_by, flag.note = now, viewer.member_id, note
    passing_on.note_step(session, flag, StepKind.ACKNOWLEDGED, viewer.member_id, now)
    session.flush()
    publish(session, FlagAcknowledged(viewer.clinic_id, flag.patient_id, flag.id, viewer.member_id, now))
