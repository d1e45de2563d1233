"""What holds for somebody, of what they wish themselves, what their clinic has settled, and what the product does.

Each of the three may leave open what it likes; the nearest one that says something holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Protocol

from hep_api.accounts.viewer import Role
from hep_api.notifications.kinds import NoticeKind, kinds_for
from hep_api.notifications.models.preferences import Audience, Channel
from hep_api.notifications.quieting import QuietHours

USUAL_QUIET = QuietHours(time(22), time(7))
USUAL_MOST_A_DAY = {Audience.PATIENTS: 10, Audience.STAFF: 60}
# An alert rings, whatever is wished; a mail may come in addition.
THROUGH_EVERYTHING = frozenset({NoticeKind.RED_FLAG})
RINGING = (Channel.PUSH, Channel.BOTH)


class Source(StrEnum):
    """Where something that holds comes from; `record`: from the patient's record."""

    OWN = "own"
    CLINIC = "clinic"
    PRODUCT = "product"
    RECORD = "record"
    DEVICE = "device"


class Wished(Protocol):
    """A row of either table of wishes, or what is read of one."""

    @property
    def channels(self) -> Mapping[str, Any] | None: ...
    @property
    def quiet(self) -> bool | None: ...
    @property
    def quiet_starts(self) -> time | None: ...
    @property
    def quiet_ends(self) -> time | None: ...
    @property
    def most_a_day(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds for somebody: a channel for each kind, quiet hours or None, and how many pushes a day at most."""

    channels: Mapping[NoticeKind, tuple[Channel, Source]]
    quiet: tuple[QuietHours | None, Source]
    most_a_day: tuple[int, Source]

    def channel(self, kind: NoticeKind) -> Channel:
        """Return how a kind is told; by push where nobody could wish anything of it."""
        return self.channels.get(kind, (Channel.PUSH, Source.PRODUCT))[0]


def audience_of(role: Role) -> Audience:
    return Audience.PATIENTS if role is Role.PATIENT else Audience.STAFF


def settle(role: Role, own: Wished | None, clinics: Wished | None) -> Settled:
    """Return what holds for somebody of a role; None stands for a row that is not there."""
    layers = [(row, source) for row, source in ((own, Source.OWN), (clinics, Source.CLINIC)) if row is not None]
    return Settled(
        channels={kind: _channel(kind, layers) for kind in kinds_for(role)},
        quiet=next(
            ((_hours(row), source) for row, source in layers if row.quiet is not None), (USUAL_QUIET, Source.PRODUCT)
        ),
        most_a_day=next(
            ((row.most_a_day, source) for row, source in layers if row.most_a_day is not None),
            (USUAL_MOST_A_DAY[audience_of(role)], Source.PRODUCT),
        ),
    )


def may_be(kind: NoticeKind, channel: Channel) -> bool:
    """Return whether somebody may wish it so."""
    return kind not in THROUGH_EVERYTHING or channel in RINGING


def _channel(kind: NoticeKind, layers: Sequence[tuple[Wished, Source]]) -> tuple[Channel, Source]:
    for row, source in layers:
        said = (row.channels or {}).get(kind.value)
        if said is not None:
            return Channel(said), source
    return Channel.PUSH, Source.PRODUCT


def _hours(row: Wished) -> QuietHours | None:
    if not row.quiet:
        return None
    assert row.quiet_starts is not None, "a constraint holds it"
    assert row.quiet_ends is not None, "a constraint holds it"
    return QuietHours(row.quiet_starts, row.quiet_ends)
