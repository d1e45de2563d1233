"""What people read of how they are told, and of how their clinic's people are."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.models import Clinic
from hep_api.notifications.models.notices import NoticeDay
from hep_api.notifications.models.preferences import Audience, Channel, NotificationPolicy
from hep_api.notifications.preferring import Settled, may_be, settle
from hep_api.notifications.queries.standings import standings

# Whose kinds stand for an audience's.
STANDING_FOR = {Audience.PATIENTS: Role.PATIENT, Audience.STAFF: Role.PRACTITIONER}


def get_preferences_for(session: Session, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return what holds for the viewer, as it is shown; two statements."""
    standing = standings(session, viewer.clinic_id, [viewer.member_id])[viewer.member_id]
    return {
        "id": viewer.member_id,
        "version": standing.version,
        **_shown(standing.settled),
        "zone": {"zone": standing.zone, "source": standing.zone_source},
        "today": _today(session, viewer, standing.zone, now),
    }


def get_policy_for(session: Session, viewer: Viewer) -> dict[str, Any]:
    """Return what holds for those of the viewer's clinic who have settled nothing themselves; two statements."""
    rows = session.scalars(select(NotificationPolicy).where(NotificationPolicy.clinic_id == viewer.clinic_id))
    policies = {row.audience: row for row in rows}
    version = session.scalar(select(Clinic.version).where(Clinic.id == viewer.clinic_id))
    shown = {
        audience.value: _shown(settle(role, None, policies.get(audience))) for audience, role in STANDING_FOR.items()
    }
    return {"id": viewer.clinic_id, "version": version, **shown}


def _shown(settled: Settled) -> dict[str, Any]:
    quiet, quiet_source = settled.quiet
    most, most_source = settled.most_a_day
    return {
        "channels": [
            {
                "kind": kind,
                "channel": channel,
                "source": source,
                "may_be": [each for each in Channel if may_be(kind, each)],
            }
            for kind, (channel, source) in settled.channels.items()
        ],
        "quiet_hours": {
            "is_on": quiet is not None,
            "starts": quiet and quiet.starts,
            "ends": quiet and quiet.ends,
            "source": quiet_source,
        },
        "most_a_day": {"most": most, "source": most_source},
    }


def _today(session: Session, viewer: Viewer, zone: str, now: datetime) -> dict[str, int]:
    key = (viewer.clinic_id, viewer.member_id, now.astimezone(ZoneInfo(zone)).date())
    day = session.get(NoticeDay, key)
    return {"told": day.told if day else 0, "held_back": day.capped if day else 0}
