"""JSON shapes of check-ins: what is asked, what is answered, and answers in numbers as series."""

from typing import Any

from marshmallow import fields

from hep_api.foundation.web import strict_values
from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Several, Text, Whole, one_of
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.messaging.check_ins.answers import LONGEST_KEY
from hep_api.messaging.check_ins.questions import QuestionKind
from hep_api.messaging.queries.check_ins import ShownState
from hep_api.messaging.schemas.check_in_templates import MOST_QUESTIONS
from hep_api.messaging.schemas.content import CLIENT_MADE_ID

MOST_REVISION = 1000
ANY_ANSWER = [
    {"type": "integer"},
    {"type": "boolean"},
    {"type": "string"},
    {"type": "array", "items": {"type": "string"}},
]
VALUE = "a number for a scale, true or false, the key of a choice, a list of such keys, or words"


class AnswerValue(fields.Raw):
    """The value of an answer, of whatever type; its question judges it later, when it is known."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, dict):
            raise strict_values.refusal("type", "Must be a number, true or false, text, or a list of texts.")
        return value


class CheckInAskIn(In):
    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)
    template_id = Id(required=True)


class AnswerIn(In):
    question = Text(most=LONGEST_KEY, required=True, metadata={"description": "the question's key"})
    value = AnswerValue(required=True, metadata={"anyOf": ANY_ANSWER, "description": VALUE})


class CheckInAnswerIn(In):
    """All answers at once: those that are required have to be there. A correction says all anew."""

    id = Id(required=True, metadata={"description": "made by the phone: sending again never makes a second answer"})
    revision = Whole(
        least=1,
        most=MOST_REVISION,
        load_default=1,
        metadata={"description": "1 for the first answer; of a correction one more than that of what it corrects"},
    )
    answered_at = Instant(required=True, metadata={"description": "by the phone's clock, with its offset"})
    answers = Several(fields.Nested(AnswerIn), most=MOST_QUESTIONS, required=True)


class CheckInQuery(PageQuery):
    state = Choice(ShownState, load_default=None)
    template_id = Id(load_default=None)


class CheckInSeriesQuery(In):
    template_id = Id(load_default=None)
    from_on = Day(data_key="from", load_default=None, metadata={"description": "first date asked for"})
    to_on = Day(data_key="to", load_default=None, metadata={"description": "last date asked for"})


class AskedChoiceOut(Out):
    key = fields.String()
    label = fields.String()


class AskedQuestionOut(Out):
    """A question as it was asked, in the reader's language."""

    key = fields.String()
    kind = Choice(QuestionKind)
    text = fields.String()
    required = fields.Boolean()
    least = fields.Integer(allow_none=True)
    most = fields.Integer(allow_none=True)
    least_label = fields.String(allow_none=True)
    most_label = fields.String(allow_none=True)
    choices = fields.List(fields.Nested(AskedChoiceOut))


class AnsweredOut(Out):
    question = fields.String()
    value = fields.Raw(metadata={"anyOf": ANY_ANSWER, "description": VALUE})


class CheckInAnswerOut(Out):
    id = fields.UUID()
    revision = fields.Integer()
    answered_by = fields.UUID()
    answered_at = fields.DateTime(metadata={"description": "with the phone's offset"})
    received_at = fields.DateTime()
    answers = fields.List(fields.Nested(AnsweredOut), metadata={"description": "in the order of the questions"})


class CheckInOut(Out):
    """One check-in with its questions as they were asked; `answer` is the newest one."""

    id = fields.UUID()
    patient_id = fields.UUID()
    conversation_id = fields.UUID()
    seq = fields.Integer(allow_none=True, metadata={"description": "the message that carries it; null when skipped"})
    template_id = fields.UUID()
    version = fields.Integer(metadata={"description": "of the template"})
    rule_id = fields.UUID(allow_none=True)
    asked_by = fields.UUID(allow_none=True, metadata={"description": "who asked it, of one that no rule asked"})
    due_on = fields.Date()
    due_at = fields.DateTime()
    sent_at = fields.DateTime(allow_none=True)
    expires_at = fields.DateTime(allow_none=True)
    state = Choice(ShownState)
    title = fields.String()
    introduction = fields.String(allow_none=True)
    questions = fields.List(fields.Nested(AskedQuestionOut))
    answer = fields.Nested(CheckInAnswerOut, allow_none=True)


class CheckInInFullOut(CheckInOut):
    earlier_answers = fields.List(
        fields.Nested(CheckInAnswerOut), metadata={"description": "what was corrected since, the first one first"}
    )


class CheckInPointOut(Out):
    check_in_id = fields.UUID()
    due_on = fields.Date()
    answered_at = fields.DateTime()
    value = fields.Integer()


class CheckInSeriesOut(Out):
    """The answers to one question over time, the oldest first; yes is 1, no is 0."""

    template_id = fields.UUID()
    question = fields.String(metadata={"description": "the question's key"})
    kind = fields.String(validate=one_of([QuestionKind.SCALE.value, QuestionKind.YES_NO.value]))
    text = fields.String(metadata={"description": "as it was asked last, in the reader's language"})
    least = fields.Integer(allow_none=True)
    most = fields.Integer(allow_none=True)
    points = fields.List(fields.Nested(CheckInPointOut))


class CheckInSeriesListOut(Out):
    items = fields.List(fields.Nested(CheckInSeriesOut))


class CheckInAnsweredOut(Out):
    """That a check-in was answered, or its answer corrected."""

    check_in_id = fields.UUID()
    conversation_id = fields.UUID()
    seq = fields.Integer()
    patient_id = fields.UUID()
    revision = fields.Integer()
    answered_at = fields.DateTime()
