"""JSON shapes of what people, and clinics for theirs, wish to be told of."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Choice, Flag, Id, TimeOfDay, Whole, Zone
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.preferences import Channel
from hep_api.notifications.preferring import Source, may_be

MOST_A_DAY = 200
OPEN = "; null: what the clinic has settled"
OPEN_OF_CLINIC = "; null: as the product does"
RINGS = "An alert always rings: push or both."


class QuietHoursIn(In):
    """When nothing rings but a red flag: each day from `starts` to before `ends`, over midnight where `ends` is the
    earlier one.
    """

    is_on = Flag(load_default=True, metadata={"description": "false: there are no quiet hours"})
    starts = TimeOfDay(load_default=None, allow_none=True)
    ends = TimeOfDay(load_default=None, allow_none=True)

    @validates_schema
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        starts, ends = data["starts"], data["ends"]
        if (starts is None) != (ends is None) or (data["is_on"] and starts is None):
            missing = "starts" if starts is None else "ends"
            raise ValidationError({missing: [Broken("required", "Name when they start and when they end.")]})
        if starts is not None and starts == ends:
            raise ValidationError({"ends": [Broken("empty", "Must be another time than `starts`.")]})


def _channel(none: str) -> Choice:
    return Choice(Channel, allow_none=True, metadata={"description": f"how one is told{none}"})


class ChannelsIn(In):
    """A channel for each kind that is named."""

    @validates_schema
    def ringing(self, data: dict[str, Any], **_: Any) -> None:
        named = ((name, channel) for name, channel in data.items() if channel is not None)
        silent = [name for name, channel in named if not may_be(NoticeKind(name), channel)]
        if silent:
            raise ValidationError({name: [Broken("rings", RINGS)] for name in silent})


class PatientsChannelsIn(ChannelsIn):
    message = _channel(OPEN_OF_CLINIC)
    plan_published = _channel(OPEN_OF_CLINIC)
    plan_changed = _channel(OPEN_OF_CLINIC)
    reminder = _channel(OPEN_OF_CLINIC)
    second_nudge = _channel(OPEN_OF_CLINIC)
    check_in = _channel(OPEN_OF_CLINIC)


class StaffChannelsIn(ChannelsIn):
    message = _channel(OPEN_OF_CLINIC)
    answer_waiting = _channel(OPEN_OF_CLINIC)
    red_flag = _channel(OPEN_OF_CLINIC)


class OwnChannelsIn(ChannelsIn):
    """Only kinds that one's role is told of."""

    message = _channel(OPEN)
    plan_published = _channel(OPEN)
    plan_changed = _channel(OPEN)
    reminder = _channel(OPEN)
    second_nudge = _channel(OPEN)
    check_in = _channel(OPEN)
    answer_waiting = _channel(OPEN)
    red_flag = _channel(OPEN)


class NotificationsIn(In):
    """What changes; what is left out stays."""

    channels = fields.Nested(OwnChannelsIn)
    quiet_hours = fields.Nested(QuietHoursIn, allow_none=True, metadata={"description": f"by one's own wall{OPEN}"})
    most_a_day = Whole(least=1, most=MOST_A_DAY, allow_none=True, metadata={"description": f"pushes{OPEN}"})
    zone = Zone(
        allow_none=True,
        metadata={
            "description": "by whose wall it is quiet, of the staff; null: the clinic's. A patient's is that of the "
            "phone, else of the record"
        },
    )


class OfAudienceIn(In):
    """What changes for all who have settled nothing themselves; what is left out stays."""

    quiet_hours = fields.Nested(
        QuietHoursIn, allow_none=True, metadata={"description": f"by each one's own wall{OPEN_OF_CLINIC}"}
    )
    most_a_day = Whole(least=1, most=MOST_A_DAY, allow_none=True, metadata={"description": f"pushes{OPEN_OF_CLINIC}"})


class PatientsNotificationsIn(OfAudienceIn):
    channels = fields.Nested(PatientsChannelsIn)


class StaffNotificationsIn(OfAudienceIn):
    channels = fields.Nested(StaffChannelsIn)


class NotificationPolicyIn(In):
    """What changes; what is left out stays."""

    patients = fields.Nested(PatientsNotificationsIn)
    staff = fields.Nested(StaffNotificationsIn)


class ChannelOut(Out):
    kind = Choice(NoticeKind)
    channel = Choice(Channel)
    source = Choice(Source, metadata={"description": "who has said so"})
    may_be = fields.List(Choice(Channel), metadata={"description": "which channels can be chosen for it"})


class QuietHoursOut(Out):
    """`starts` and `ends` are null where there are no quiet hours."""

    is_on = fields.Boolean()
    starts = TimeOfDay(allow_none=True)
    ends = TimeOfDay(allow_none=True)
    source = Choice(Source)


class MostADayOut(Out):
    """How many pushes on one day at most; red flags are not counted, and what is one too many is not told."""

    most = fields.Integer()
    source = Choice(Source)


class ToldOut(Out):
    channels = fields.List(fields.Nested(ChannelOut))
    quiet_hours = fields.Nested(QuietHoursOut)
    most_a_day = fields.Nested(MostADayOut)


class OwnZoneOut(Out):
    zone = fields.String()
    source = Choice(Source)


class PushedTodayOut(Out):
    """What has been pushed on the present day of one's own, and what was one too many."""

    told = fields.Integer()
    held_back = fields.Integer()


class NotificationsOut(ToldOut):
    """What holds for oneself, and who has said so: `own`, the `clinic`, or else the `product`."""

    id = Id(metadata={"description": "one's own, as a member"})
    zone = fields.Nested(OwnZoneOut)
    today = fields.Nested(PushedTodayOut)
    version = fields.Integer()


class NotificationPolicyOut(Out):
    """What holds for those who have settled nothing themselves. `version` is the clinic's: each change of its settings
    is one.
    """

    id = Id(metadata={"description": "the clinic's"})
    patients = fields.Nested(ToldOut)
    staff = fields.Nested(ToldOut)
    version = fields.Integer()
