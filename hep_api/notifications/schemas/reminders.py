"""JSON shapes of reminders: settings of a patient and of a clinic, what became of reminders, suggested times."""

from typing import Any

from marshmallow import ValidationError, fields, post_load

from hep_api.dosing.schemas import WEEKDAY_NAMES
from hep_api.foundation.web.fields import Choice, Day, Flag, Id, Instant, Several, TimeOfDay, one_of
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.notifications.actions.setting_reminders import MOST_TIMES
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.reminders import ReminderState
from hep_api.notifications.reminding.ignoring import Step
from hep_api.notifications.reminding.times import ReminderTime
from hep_api.notifications.reminding.wishes import SettledBy

WALL = {"description": "HH:MM by the wall clock where the patient is"}
OR_CLINICS = "; null: as the clinic has it"


class ReminderTimeIn(In):
    """A time of day, on some weekdays or on every day."""

    at = TimeOfDay(required=True, metadata=WALL)
    weekdays = Several(
        fields.String(validate=one_of(WEEKDAY_NAMES)),
        least=1,
        most=7,
        load_default=None,
        allow_none=True,
        metadata={"description": "null: every day"},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ReminderTime:
        names = data["weekdays"] or ()
        if len(set(names)) < len(names):
            raise ValidationError({"weekdays": [Broken("repeated", "Must name each weekday once.")]})
        weekdays = tuple(sorted(WEEKDAY_NAMES.index(name) for name in names))
        return ReminderTime(data["at"], () if len(weekdays) == len(WEEKDAY_NAMES) else weekdays)


class ReminderTimeOut(Out):
    at = fields.String(metadata=WALL)
    weekdays = fields.List(fields.String(validate=one_of(WEEKDAY_NAMES)), allow_none=True)


class RingingTimeOut(ReminderTimeOut):
    in_quiet_hours = fields.Boolean(
        metadata={"description": "a time of the patient's own rings all the same, the clinic's waits for their end"}
    )


def _times(**options: Any) -> Several:
    return Several(fields.Nested(ReminderTimeIn), most=MOST_TIMES, **options)


class _Times(In):
    """What has `times`: each time of day once, kept in their order."""

    @post_load
    def keep_in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        times: list[ReminderTime] | None = data.get("times")
        if times is None:
            return data
        for place, each in enumerate(times):
            if each.at in [other.at for other in times[:place]]:
                raise ValidationError({"times": {place: {"at": [Broken("repeated", "Must name each time once.")]}}})
        return {**data, "times": [each.to_json() for each in sorted(times)]}


class RemindersIn(_Times):
    """What a patient wishes; all of it, in place of what was wished before."""

    is_on = Flag(required=True, allow_none=True, metadata={"description": f"reminded at all{OR_CLINICS}"})
    times = _times(required=True, allow_none=True, metadata={"description": f"when{OR_CLINICS}"})
    nudge = Flag(
        load_default=None,
        allow_none=True,
        metadata={"description": f"reminded once more where nothing was recorded by the evening{OR_CLINICS}"},
    )
    nudge_at = TimeOfDay(load_default=None, allow_none=True, metadata={"description": f"that evening's{OR_CLINICS}"})


class OwnRemindersOut(Out):
    is_on = fields.Boolean(allow_none=True)
    times = fields.List(fields.Nested(ReminderTimeOut), allow_none=True)
    nudge = fields.Boolean(allow_none=True)
    nudge_at = TimeOfDay(allow_none=True)


class ClinicsRemindersOut(Out):
    is_on = fields.Boolean()
    times = fields.List(fields.Nested(ReminderTimeOut))
    nudge = fields.Boolean()
    nudge_at = TimeOfDay()


class RemindersOut(Out):
    """What holds for a patient, whose word it is, and how it goes. `own` and `clinic` are what was settled by each."""

    id = Id(metadata={"description": "the patient's"})
    settled_by = Choice(SettledBy)
    is_on = fields.Boolean()
    times = fields.List(fields.Nested(RingingTimeOut))
    nudge_at = TimeOfDay(allow_none=True, metadata={"description": "null: no nudge"})
    own = fields.Nested(OwnRemindersOut, allow_none=True)
    clinic = fields.Nested(ClinicsRemindersOut)
    zone = fields.String(metadata={"description": "by whose wall clock"})
    zone_from = fields.String(
        validate=one_of(("device", "record")),
        metadata={"description": "`device`: of the phone heard of last; `record`: of the patient's record"},
    )
    next_at = Instant(
        allow_none=True,
        metadata={"description": "when it is looked at next whether anything is due; null: no time or no plan ahead"},
    )
    step = Choice(Step, metadata={"description": "how often at most, after reminders that were not heeded"})
    ignored_on = fields.List(Day(), metadata={"description": "the days of these reminders"})
    version = fields.Integer(metadata={"description": "0 while the patient has settled nothing"})


class ReminderDefaultChangeIn(_Times):
    """What changes; what is left out stays."""

    is_on = Flag(metadata={"description": "for patients who have settled nothing themselves"})
    times = _times()
    nudge = Flag()
    nudge_at = TimeOfDay()


class ReminderDefaultOut(ClinicsRemindersOut):
    """`version` is the clinic's: each change of its settings is one."""

    id = Id(metadata={"description": "the clinic's"})
    version = fields.Integer()


class ReminderOut(Out):
    """What became of one moment at which something was due and not recorded."""

    id = Id()
    kind = Choice(NoticeKind)
    on = Day(attribute="due_on", metadata={"description": "the patient's day"})
    at = TimeOfDay(metadata=WALL)
    due_at = Instant()
    zone = fields.String()
    state = Choice(
        ReminderState,
        metadata={
            "description": "`told`: sent, or held for the end of quiet hours; `unreached`: no device and no mail, or "
            "not wanted; `passed`: nobody was at work within the hour, or a later one spoke for it"
        },
    )


class SittingOut(Out):
    on = Day()
    at = TimeOfDay(metadata={"description": "when it began, by the wall clock there"})


class ReminderSuggestionOut(Out):
    """A time at which the patient really exercises, with the days that show it."""

    at = TimeOfDay(metadata=WALL)
    replaces = TimeOfDay(allow_none=True, metadata={"description": "the time whose place it takes; null: it is added"})
    days = fields.List(fields.Nested(SittingOut))


class ReminderSuggestionsOut(Out):
    """Suggestions only: nothing changes until the patient accepts one."""

    items = fields.List(fields.Nested(ReminderSuggestionOut))


class SuggestedTimeIn(In):
    at = TimeOfDay(required=True, metadata={"description": "a time that is suggested"})
