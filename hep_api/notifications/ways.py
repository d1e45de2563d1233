"""By which way a notice goes: pure, of what somebody wishes, whether a device of theirs stands, and their wall."""

from dataclasses import dataclass
from datetime import datetime

from hep_api.notifications.models.preferences import Channel
from hep_api.notifications.notices import Notice
from hep_api.notifications.preferring import RINGING, THROUGH_EVERYTHING, Settled
from hep_api.notifications.quieting import quiet_until


@dataclass(frozen=True, slots=True)
class Way:
    """A notice is pushed, mailed, both, or neither; with `held_until`, not before then, and decided anew."""

    push: bool
    mail: bool
    held_until: datetime | None = None

    @property
    def leads_anywhere(self) -> bool:
        return self.push or self.mail


NOWHERE = Way(push=False, mail=False)


def way_of(notice: Notice, settled: Settled, zone: str, has_device: bool, now: datetime) -> Way:  # noqa: FBT001
    """Return the way of a notice now.

    An alert is pushed whatever is wished and whatever the time; where nothing could ring, a mail goes at once.
    """
    channel = settled.channel(notice.kind)
    wants_mail = channel in (Channel.MAIL, Channel.BOTH)
    if notice.kind in THROUGH_EVERYTHING:
        return Way(push=has_device, mail=wants_mail or not has_device)
    way = Way(push=has_device and channel in RINGING, mail=wants_mail)
    if not way.leads_anywhere:
        return NOWHERE
    quiet = None if notice.through_quiet else settled.quiet[0]
    return Way(way.push, way.mail, quiet_until(quiet, zone, now))
