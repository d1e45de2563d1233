"""What connected clients are told of red flags: the care team all of it, leaders that one waits, patients nothing."""

from sqlalchemy.orm import Session

from hep_api.clinics.connections import list_rooms_of_leaders, list_rooms_of_team
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.foundation.realtime.commands import Announcement
from hep_api.messaging.facts.flags import FlagAcknowledged, FlagCauseAdded, FlagPassedOn, FlagRaised
from hep_api.messaging.queries import flags
from hep_api.messaging.schemas.flags import FlagOut, FlagWaitsOut

FLAG_RAISED = Announcement(
    "flag.raised",
    FlagOut,
    "An alert about a patient in your care. Show it at once, whatever is muted; somebody has to acknowledge it.",
)
FLAG_CHANGED = Announcement(
    "flag.changed",
    FlagOut,
    "A red flag has one more cause, has passed on to the next of the care team, or was acknowledged.",
)
FLAG_WAITS = Announcement(
    "flag.waits",
    FlagWaitsOut,
    "For leaders: nobody of a care team acknowledged an alert in time. See `GET /v1/clinic/unacknowledged-flags`.",
)
ANNOUNCED = (FLAG_RAISED, FLAG_CHANGED, FLAG_WAITS)


def tell_of_raised(session: Session, fact: FlagRaised) -> None:
    """Tell the care team of a new flag, and the clinic's leaders where there is nobody."""
    _tell_team(session, fact, FLAG_RAISED)
    if fact.held_by is None:
        _tell_leaders(session, fact, 1)


def tell_of_change(session: Session, fact: FlagCauseAdded | FlagAcknowledged) -> None:
    """Tell the care team of what a flag has become."""
    _tell_team(session, fact, FLAG_CHANGED)


def tell_of_passing(session: Session, fact: FlagPassedOn) -> None:
    """Tell the care team whose turn it is, and the clinic's leaders when it is theirs."""
    _tell_team(session, fact, FLAG_CHANGED)
    if fact.held_by is None:
        _tell_leaders(session, fact, fact.round)


def _tell_team(
    session: Session, fact: FlagRaised | FlagCauseAdded | FlagPassedOn | FlagAcknowledged, announcement: Announcement
) -> None:
    rooms = list_rooms_of_team(session, fact.clinic_id, fact.patient_id)
    if rooms:
        plan_broadcast(session, rooms, announcement, flags.get_flag(session, fact.clinic_id, fact.flag_id))


def _tell_leaders(session: Session, fact: FlagRaised | FlagPassedOn, turn: int) -> None:
    waits = {"flag_id": fact.flag_id, "patient_id": fact.patient_id, "round": turn}
    plan_broadcast(session, list_rooms_of_leaders(session, fact.clinic_id), FLAG_WAITS, waits)
