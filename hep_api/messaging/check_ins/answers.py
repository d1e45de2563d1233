"""Whether what somebody answers suits the questions, and what is kept of it: one value for each question, typed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from hep_api.foundation.errors import FieldError, invalid
from hep_api.foundation.web.fields import Flag, Several, Text, Whole
from hep_api.foundation.web.refusals import problem_from
from hep_api.foundation.web.rules import Broken
from hep_api.messaging.check_ins.questions import Json, QuestionKind

LONGEST_WORDS = 2000
LONGEST_KEY = 40
_WORDS = Text(most=LONGEST_WORDS, lines=True)
_YES_NO = Flag()


@dataclass(frozen=True, slots=True)
class Value:
    """The answer to one question: a number (yes is 1), keys of choices, or words; the other two are None."""

    key: str
    number: int | None = None
    choices: tuple[str, ...] | None = None
    words: str | None = None

    def as_sent(self, kind: QuestionKind) -> Any:
        """Return it as it is sent for a question of this kind."""
        match kind:
            case QuestionKind.SCALE:
                return self.number
            case QuestionKind.YES_NO:
                return self.number == 1
            case QuestionKind.CHOICE:
                return self.choices[0] if self.choices else None
            case QuestionKind.CHOICES:
                return list(self.choices or ())
            case QuestionKind.TEXT:
                return self.words


def read_answers(questions: Sequence[Json], said: Sequence[Mapping[str, Any]]) -> list[Value]:
    """Return the values of `[{"question": key, "value": anything}]`, in the order of the questions.

    Errors: 422 naming each `/answers/0/value` that its question does not take, questions that are not asked or answered
    twice, and `/answers` for those that have to be answered and are not.
    """
    by_key, values, refused = {question["key"]: question for question in questions}, dict[str, Value](), []
    for place, answer in enumerate(said):
        try:
            values[answer["question"]] = _one(by_key, values, answer)
        except ValidationError as error:
            refused += [
                FieldError(f"/answers/{place}{each.field}", each.rule, each.detail)
                for each in problem_from(error).errors
            ]
    named = {answer["question"] for answer in said}
    refused += _missing(questions, named)
    if refused:
        raise invalid(*refused)
    return [values[question["key"]] for question in questions if question["key"] in values]


def _missing(questions: Sequence[Json], named: set[str]) -> Iterator[FieldError]:
    for question in questions:
        if question["required"] and question["key"] not in named:
            yield FieldError("/answers", "required", f"Answer {question['key']} too.")


def _one(by_key: Mapping[str, Json], values: Mapping[str, Value], answer: Mapping[str, Any]) -> Value:
    key = answer["question"]
    if key not in by_key:
        raise ValidationError({"question": [Broken("unknown_question", "This check-in has no such question.")]})
    if key in values:
        raise ValidationError({"question": [Broken("repeated", "It is answered already.")]})
    try:
        return _value(by_key[key], answer["value"])
    except ValidationError as error:
        raise ValidationError({"value": error.messages}) from None


def _value(question: Json, value: Any) -> Value:
    key, kind = question["key"], QuestionKind(question["kind"])
    if kind is QuestionKind.SCALE:
        return Value(key, number=Whole(least=question["least"], most=question["most"]).deserialize(value))
    if kind is QuestionKind.YES_NO:
        return Value(key, number=int(_YES_NO.deserialize(value)))
    if kind is QuestionKind.TEXT:
        return Value(key, words=_WORDS.deserialize(value))
    if kind is QuestionKind.CHOICE:
        return Value(key, choices=(_choice(question).deserialize(value),))
    several = Several(_choice(question), most=len(question["choices"])).deserialize(value)
    if len(set(several)) < len(several) or (question["required"] and not several):
        raise ValidationError([Broken("choice", "Choose at least one, and each once.")])
    return Value(key, choices=tuple(several))


def _choice(question: Json) -> Text:
    return Text(most=LONGEST_KEY, validate=_known(question))


def _known(question: Json) -> Any:
    keys = [each["key"] for each in question["choices"]]

    def check(value: str) -> None:
        if value not in keys:
            raise ValidationError([Broken("choice", f"Must be one of: {', '.join(keys)}.")])

    return check
