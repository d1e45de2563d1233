"""Wishing how to be told: for oneself, and for those of a clinic who have no wishes of their own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.models import Clinic
from hep_api.foundation.errors import invalid_field
from hep_api.notifications.kinds import NoticeKind, kinds_for
from hep_api.notifications.models.preferences import Audience, Channel, NotificationPolicy, NotificationPreference
from hep_api.notifications.preferring import THROUGH_EVERYTHING
from hep_api.notifications.queries.standings import standings

Wishing = NotificationPreference | NotificationPolicy


def own_preference(session: Session, clinic_id: UUID, member_id: UUID) -> NotificationPreference:
    """Return a member's row, locked until the commit; of one who has wished nothing yet an empty one, of version 0."""
    key = {"clinic_id": clinic_id, "member_id": member_id}
    session.execute(insert(NotificationPreference).values(**key, channels={}, version=0).on_conflict_do_nothing())
    return session.get_one(NotificationPreference, (clinic_id, member_id), with_for_update=True)


def change_preferences(
    session: Session, viewer: Viewer, kept: NotificationPreference, changes: Mapping[str, Any]
) -> None:
    """Write what changes into the viewer's row, which the caller has locked; what is as before is no change.

    Errors: 422 for a kind that the viewer's role is not told of, and for the zone of a patient.
    """
    foreign = [name for name in changes.get("channels", ()) if NoticeKind(name) not in kinds_for(viewer.role)]
    if foreign:
        raise invalid_field(f"/channels/{foreign[0]}", "not_told", "You are told nothing of this kind.")
    if viewer.role is Role.PATIENT and "zone" in changes:
        raise invalid_field("/zone", "of_record", "A patient's zone is their phone's, or the one in their record.")
    if _write(kept, changes):
        kept.version += 1
    session.flush()


def change_policy(session: Session, clinic: Clinic, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write what changes for a clinic's patients and staff; the caller holds the clinic's row."""
    has_changed = False
    for name, of_audience in changes.items():
        key = (clinic.id, Audience(name))
        kept = session.get(NotificationPolicy, key)
        if kept is None:
            kept = NotificationPolicy(clinic_id=clinic.id, audience=Audience(name), channels={})
            session.add(kept)
        has_changed |= _write(kept, of_audience)
    if has_changed:
        clinic.version += 1
    session.flush()


def stop_mail(session: Session, clinic_id: UUID, member_id: UUID, kind: NoticeKind) -> None:
    """Let a member have no more mail of a kind, whoever had wished it; of an alert, which always rings, only pushes.

    Done again, and for one whose access has ended, nothing changes.
    """
    standing = standings(session, clinic_id, [member_id]).get(member_id)
    if standing is None or kind not in kinds_for(standing.role):
        return
    channel = standing.settled.channel(kind)
    if channel not in (Channel.MAIL, Channel.BOTH):
        return
    rings = channel is Channel.BOTH or kind in THROUGH_EVERYTHING
    kept = own_preference(session, clinic_id, member_id)
    if _write(kept, {"channels": {kind.value: Channel.PUSH if rings else Channel.NONE}}):
        kept.version += 1
    session.flush()


def _write(kept: Wishing, changes: Mapping[str, Any]) -> bool:
    """Write changes as they were loaded; return whether anything is another than before."""
    wished = {name: changes[name] for name in ("most_a_day", "zone") if name in changes}
    if "channels" in changes:
        wished["channels"] = _channels(kept.channels or {}, changes["channels"])
    if "quiet_hours" in changes:
        wished |= _quiet(changes["quiet_hours"])
    changed = {name for name, value in wished.items() if getattr(kept, name) != value}
    for name in changed:
        setattr(kept, name, wished[name])
    return bool(changed)


def _channels(before: Mapping[str, Any], changes: Mapping[str, Channel | None]) -> dict[str, str]:
    """Return the channels by kind; null leaves a kind open again."""
    merged = dict(before) | {name: channel and channel.value for name, channel in changes.items()}
    return {name: channel for name, channel in merged.items() if channel is not None}


def _quiet(hours: Mapping[str, Any] | None) -> dict[str, Any]:
    if hours is None:
        return {"quiet": None, "quiet_starts": None, "quiet_ends": None}
    return {"quiet": hours["is_on"], "quiet_starts": hours["starts"], "quiet_ends": hours["ends"]}
