"""JSON shapes of check-in templates: the questions that a clinic asks, in its languages."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.dosing.schemas import AsStored
from hep_api.foundation.languages import FALLBACK
from hep_api.foundation.web.fields import Choice, Flag, FlagInQuery, Id, Several, Text, Whole
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.messaging.check_ins.answers import LONGEST_KEY
from hep_api.messaging.check_ins.questions import CHOOSING, QuestionKind
from hep_api.messaging.schemas.content import CLIENT_MADE_ID
from hep_api.messaging.schemas.languages import ByLanguage, refuse_without_own

MOST_QUESTIONS, MOST_CHOICES = 20, 20
LARGEST_NUMBER, WIDEST_SCALE = 1000, 100
LONGEST_EXPIRY_DAYS = 60
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Key(Text):
    """The stable name of a question or a choice: small letters, digits and _, not translated."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=LONGEST_KEY, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        key = super()._deserialize(value, attr, data, **kwargs)
        if not KEY.fullmatch(key):
            raise ValidationError(Broken("key", "Must be small letters, digits and _, beginning with a letter."))
        return key


def _words(most: int, **options: Any) -> ByLanguage:
    return ByLanguage(Text(most=most, lines=True), **options)


class ChoiceIn(In):
    key = Key(required=True)
    label = _words(200, required=True)


class QuestionIn(In):
    """One question. Answers to one `key` make one series, so a key keeps its kind and ends in all versions."""

    key = Key(required=True)
    kind = Choice(QuestionKind, required=True)
    text = _words(500, required=True)
    required = Flag(load_default=True, metadata={"description": "false: it may be left out"})
    least = Whole(least=-LARGEST_NUMBER, most=LARGEST_NUMBER, load_default=None, allow_none=True)
    most = Whole(least=-LARGEST_NUMBER, most=LARGEST_NUMBER, load_default=None, allow_none=True)
    least_label = _words(100, load_default=None, allow_none=True)
    most_label = _words(100, load_default=None, allow_none=True)
    choices = Several(fields.Nested(ChoiceIn), most=MOST_CHOICES, load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def refuse_what_makes_no_question(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] is QuestionKind.SCALE:
            _refuse_no_scale(data)
        elif any(data[name] is not None for name in ("least", "most", "least_label", "most_label")):
            raise _broken("kind", "kind", "Only a scale has ends.")
        if data["kind"] in CHOOSING:
            _refuse_repeated("choices", [choice["key"] for choice in data["choices"]], least=2)
        elif data["choices"]:
            raise _broken("choices", "kind", "Only a question of choices has some.")


class CheckInTemplateChangeIn(In):
    """The whole of a template; what differs from before becomes its next version."""

    language = Language(load_default=FALLBACK, metadata={"description": "in which all of it is written in any case"})
    title = _words(200, required=True)
    introduction = _words(1000, load_default=None, allow_none=True)
    questions = Several(fields.Nested(QuestionIn), least=1, most=MOST_QUESTIONS, required=True)
    expires_after_days = Whole(
        least=1, most=LONGEST_EXPIRY_DAYS, load_default=7, metadata={"description": "how long it may be answered"}
    )

    @validates_schema(skip_on_field_errors=True)
    def refuse_gaps(self, data: dict[str, Any], **_: Any) -> None:
        refuse_without_own(data, "title", "introduction")
        _refuse_repeated("questions", [question["key"] for question in data["questions"]])
        refused = {place: why for place, each in enumerate(data["questions"]) if (why := _gaps(each, data["language"]))}
        if refused:
            raise ValidationError({"questions": refused})


class CheckInTemplateIn(CheckInTemplateChangeIn):
    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)


class CheckInTemplateQuery(PageQuery):
    archived = FlagInQuery(load_default=False, metadata={"description": "true: only what was archived"})


def _by_language(**options: Any) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), **options)


class ChoiceOut(Out):
    key = fields.String()
    label = _by_language()


class QuestionOut(Out):
    key = fields.String()
    kind = Choice(QuestionKind)
    text = _by_language()
    required = fields.Boolean()
    least = fields.Integer(allow_none=True)
    most = fields.Integer(allow_none=True)
    least_label = _by_language(allow_none=True)
    most_label = _by_language(allow_none=True)
    choices = fields.List(fields.Nested(ChoiceOut))


class CheckInTemplateSummaryOut(Out):
    id = fields.UUID()
    title = fields.String(metadata={"description": "in the reader's language, as far as it is written in it"})
    question_count = fields.Integer()
    version = fields.Integer()
    archived_at = fields.DateTime(allow_none=True)


class CheckInTemplateOut(Out):
    """A template in all its languages, as one of its versions."""

    id = fields.UUID()
    language = fields.String()
    title = _by_language()
    introduction = _by_language(allow_none=True)
    questions = fields.List(AsStored(QuestionOut))
    expires_after_days = fields.Integer()
    version = fields.Integer()
    written_at = fields.DateTime(metadata={"description": "when this version was written"})
    written_by = fields.UUID()
    created_at = fields.DateTime()
    archived_at = fields.DateTime(allow_none=True)


def _refuse_no_scale(data: Mapping[str, Any]) -> None:
    for name in ("least", "most"):
        if data[name] is None:
            raise _broken(name, "required", "A scale has a least and a most number.")
    if not 0 < data["most"] - data["least"] <= WIDEST_SCALE:
        raise _broken("most", "range", f"Must be above the least number, by {WIDEST_SCALE} at most.")


def _refuse_repeated(field: str, keys: list[str], least: int = 1) -> None:
    if len(keys) < least:
        raise _broken(field, "length", f"Must have at least {least} entries.")
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise ValidationError({field: {place: {"key": [Broken("repeated", "Use each key once.")]}}})


def _gaps(question: Mapping[str, Any], own: str) -> dict[str, Any]:
    """Return what of a question lacks the language that all is written in, as marshmallow's messages."""
    missing = [Broken("required", f"Must be there in {own}.")]
    texts = ("text", "least_label", "most_label")
    gaps: dict[str, Any] = {name: {own: missing} for name in texts if question[name] and own not in question[name]}
    choices = {
        place: {"label": {own: missing}}
        for place, choice in enumerate(question["choices"])
        if own not in choice["label"]
    }
    return gaps | ({"choices": choices} if choices else {})


def _broken(field: str, rule: str, words: str) -> ValidationError:
    return ValidationError({field: [Broken(rule, words)]})
