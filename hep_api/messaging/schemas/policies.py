"""JSON shapes of what a clinic has settled about messages."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from hep_api.foundation.languages import TAG
from hep_api.foundation.web import strict_values
from hep_api.foundation.web.fields import Choice, Flag, Id, Several, Text, Whole, Zone
from hep_api.foundation.web.languages import RULE, WORDS, Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.models.policies import AfterPlanEnd
from hep_api.messaging.red_flags.phrases import says_enough
from hep_api.messaging.schemas.opening_hours import HolidayOut, WeekIn, WeekOut, holidays_field

LONGEST_TEXT = 1000
MOST_LANGUAGES = 20
MOST_PHRASES = 500
# As people write one: 112, +49 228 112-0, (0228) 112. Two digits at least, and what opens is closed.
TELEPHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){2})(?:[0-9+*#]|\(\+?[0-9 ]+\))(?:[0-9 /.*#+-]|\([0-9 ]+\))*")

TEXTS = {
    "description": "by language, as de or pt-BR; in one that is not here the product's own. "
    "`{emergency_line}` and `{opens_at}` are filled in"
}
RATING = {"description": "0 to 10; null: never"}


class Texts(fields.Dict):
    """A text of the clinic's, by language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=Language(), values=Text(most=LONGEST_TEXT, lines=True), metadata=TEXTS, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise strict_values.refusal("type", "Must be an object.")
        if len(value) > MOST_LANGUAGES:
            raise strict_values.refusal("length", f"Must name at most {MOST_LANGUAGES} languages.")
        return {self._language(tag): self._words(tag, words) for tag, words in value.items()}

    def _language(self, tag: str) -> str:
        if not TAG.fullmatch(tag):
            raise ValidationError({tag[:64]: [Broken(RULE, WORDS)]})
        return tag

    def _words(self, tag: str, words: Any) -> str:
        try:
            return str(Text(most=LONGEST_TEXT, lines=True).deserialize(words))
        except ValidationError as error:
            raise ValidationError({tag: error.messages}) from None


def _is_telephone(value: str) -> None:
    if not TELEPHONE.fullmatch(value):
        raise ValidationError([Broken("telephone", "Must be a telephone number.")])


def _says_something(value: str) -> None:
    if not says_enough(value):
        raise ValidationError([Broken("text", "Must have three letters or digits at least.")])


class PhraseIn(In):
    phrase = Text(most=100, required=True, validate=_says_something)
    language = Language(
        load_default=None, allow_none=True, metadata={"description": "of the patient; null: whichever it is"}
    )


class PhraseOut(Out):
    phrase = fields.String()
    language = fields.String(allow_none=True)


class MessagingPolicyChangeIn(In):
    """What changes; what is left out stays."""

    opening_hours = fields.Nested(
        WeekIn,
        allow_none=True,
        metadata={"description": "by the clinic's zone; null: around the clock, and nobody is told of closing"},
    )
    holidays = holidays_field(metadata={"description": "dates with other hours, or none"})
    out_of_hours_text = Texts()
    emergency_text = Texts()
    emergency_line = Text(
        most=40,
        allow_none=True,
        validate=_is_telephone,
        metadata={"description": "the number that patients call in an emergency"},
    )
    red_flag_pain = Whole(least=0, most=10, allow_none=True, metadata=RATING)
    red_flag_phrases = Several(
        fields.Nested(PhraseIn), most=MOST_PHRASES, metadata={"description": "the clinic's own, beside the product's"}
    )
    red_flag_shipped_phrases = Flag(metadata={"description": "false: only the clinic's own phrases count"})
    escalate_after_minutes = Whole(least=1, most=1440)
    card_on_pain = Whole(least=0, most=10, allow_none=True, metadata=RATING)
    card_on_unclear = Flag()
    after_plan_end = Choice(AfterPlanEnd)


class MessagingPolicyOut(Out):
    """`version` is the clinic's: each change of its settings is one."""

    id = Id(metadata={"description": "the clinic's"})
    zone = fields.String(metadata={"description": "the clinic's"})
    response_hours = fields.Integer(metadata={"description": "the clinic's: within which it answers, in opening hours"})
    opening_hours = fields.Nested(WeekOut, allow_none=True)
    holidays = fields.List(fields.Nested(HolidayOut))
    out_of_hours_text = fields.Dict(keys=fields.String(), values=fields.String(), metadata=TEXTS)
    emergency_text = fields.Dict(keys=fields.String(), values=fields.String(), metadata=TEXTS)
    emergency_line = fields.String(allow_none=True)
    red_flag_pain = fields.Integer(allow_none=True, metadata=RATING)
    red_flag_phrases = fields.List(fields.Nested(PhraseOut))
    red_flag_shipped_phrases = fields.Boolean()
    escalate_after_minutes = fields.Integer()
    card_on_pain = fields.Integer(allow_none=True, metadata=RATING)
    card_on_unclear = fields.Boolean()
    after_plan_end = Choice(AfterPlanEnd)
    version = fields.Integer()


class LocationHoursIn(In):
    """A location's hours in place of the clinic's."""

    opening_hours = fields.Nested(WeekIn, required=True)
    holidays = holidays_field(
        load_default=None, allow_none=True, metadata={"description": "in place of the clinic's; null: the clinic's"}
    )
    zone = Zone(load_default=None, allow_none=True, metadata={"description": "null: the clinic's"})


class LocationHoursOut(Out):
    """When a location is open. `is_own` false: it has no hours of its own, and these are the clinic's."""

    id = Id(metadata={"description": "the location's"})
    is_own = fields.Boolean()
    zone = fields.String()
    opening_hours = fields.Nested(WeekOut, allow_none=True)
    holidays = fields.List(fields.Nested(HolidayOut))
    version = fields.Integer(metadata={"description": "the clinic's"})
