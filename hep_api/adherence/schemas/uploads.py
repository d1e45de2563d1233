"""The upload of adherence events in JSON: what a phone sends, and how each item is answered.

Decides what a field takes and what makes sense by itself; whether a report may stand is left to `judging`.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from hep_api.adherence.entries import EventKind, SkipReason
from hep_api.adherence.judging import Outcome
from hep_api.adherence.models.events import Difficulty, Source
from hep_api.adherence.reports import Report
from hep_api.dosing.schemas import LoadIn
from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Text, Whole, Zone
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import FieldErrorOut, In, Out

MOST_EVENTS = 500
MOST_REVISION = 1_000_000
# Far above any dose: what is over the prescription is accepted, never refused.
MOST_SETS, MOST_REPS, MOST_SECONDS = 10_000, 100_000, 1_000_000
LONGEST_COMMENT, LONGEST_REASON = 2000, 500


def _maybe(least: int, most: int) -> Whole:
    return Whole(least=least, most=most, load_default=None, allow_none=True)


class EventIn(In):
    """One adherence event. Amounts are per set; what is left out counts as planned.

    A correction is a new event with an id of its own, the `entry_id` of the entry it corrects and a higher `revision`;
    it carries the whole entry anew. Kind `void` takes the entry out of the counts.
    """

    id = Id(required=True)
    entry_id = Id(
        load_default=None, allow_none=True, metadata={"description": "id of the entry's first event; left out: its own"}
    )
    revision = Whole(least=0, most=MOST_REVISION, load_default=0)
    prescription_id = Id(required=True)
    version = Whole(least=1, most=2**31 - 1, required=True, metadata={"description": "version it was done against"})
    kind = Choice(EventKind, required=True)
    slot = _maybe(1, 100)
    performed_at = Instant(required=True)
    zone = Zone(required=True)
    performed_on = Day(required=True, metadata={"description": "the local date as lived"})
    sets = _maybe(0, MOST_SETS)
    reps = _maybe(0, MOST_REPS)
    seconds = _maybe(0, MOST_SECONDS)
    sides = _maybe(1, 2)
    # A schema has a method `load`, hence the underscore.
    load_ = fields.Nested(LoadIn, data_key="load", attribute="load", load_default=None, allow_none=True)
    pain = _maybe(0, 10)
    effort = _maybe(0, 10)
    difficulty = Choice(Difficulty, load_default=None, allow_none=True)
    comment = Text(least=0, most=LONGEST_COMMENT, lines=True, load_default=None, allow_none=True)
    skip_reason = Choice(SkipReason, load_default=None, allow_none=True)
    reason = Text(
        least=0,
        most=LONGEST_REASON,
        lines=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "why it was corrected"},
    )
    source = Choice(
        Source,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "patient (when left out), carer or device with a patient's sign-in; practitioner (when left "
            "out) or paper with a practitioner's"
        },
    )

    @validates_schema(skip_on_field_errors=True)
    def refuse_what_says_nothing(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a partial without an amount, and a first event or correction that is not numbered as one."""
        amounts = (data[name] for name in ("sets", "reps", "seconds", "sides"))
        if data["kind"] is EventKind.PARTIAL and all(amount is None for amount in amounts):
            raise _broken("sets", "amount", "A partial needs one of sets, reps, seconds, sides.")
        is_correction = data["entry_id"] not in (None, data["id"])
        if is_correction and data["revision"] == 0:
            raise _broken("revision", "correction", "A correction has a revision of 1 or more.")
        if not is_correction and data["revision"] > 0:
            raise _broken("entry_id", "correction", "A correction has an id of its own and the entry_id of its entry.")
        if not is_correction and data["kind"] is EventKind.VOID:
            raise _broken("entry_id", "correction", "A void names the entry that it takes out.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Report:
        return Report(**{**data, "entry_id": data["entry_id"] or data["id"]})


class UnreadItems(fields.List[Any]):
    """A list whose items are documented here and judged later, one by one: a bad one must not block the others."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError([Broken("type", "Must be a list.")])
        return value


class EventBatchIn(In):
    """1 to 500 events; each is answered by itself."""

    events = UnreadItems(
        fields.Nested(EventIn),
        required=True,
        validate=validate.Length(min=1, max=MOST_EVENTS, error=Broken("length", "Must have 1 to 500 events.")),
    )


class WarningOut(Out):
    """Something a person should look at; the event was taken all the same."""

    field = fields.String()
    rule = fields.String()
    detail = fields.String()


class EventOutcomeOut(Out):
    """What became of one item. `applied`, `duplicate`, `conflict` and `rejected` are final, `retry` is not."""

    index = fields.Integer(metadata={"description": "place of the item in the batch, from 0"})
    id = fields.UUID(allow_none=True, metadata={"description": "null when the item had none that can be read"})
    outcome = Choice(Outcome)
    error = fields.Nested(FieldErrorOut, allow_none=True, metadata={"description": "which field, which rule"})
    warnings = fields.List(fields.Nested(WarningOut))


class EmergencyOut(Out):
    """What to show the patient at once, whatever else is on the screen."""

    text = fields.String(metadata={"description": "the clinic's emergency text, in the patient's language"})
    line = fields.String(allow_none=True, metadata={"description": "the number to call, if the clinic has named one"})


class EventBatchOut(Out):
    """One answer for each item, in the order of the batch; and the emergency text, when what they say is a red flag."""

    outcomes = fields.List(fields.Nested(EventOutcomeOut))
    emergency = fields.Nested(EmergencyOut, allow_none=True)


def written(outcomes: Sequence[Any], emergency: Any) -> bytes:
    """Return the answers to a batch in the shape of `EventBatchOut` (a test compares), 500 of them at no cost."""
    shown = None if emergency is None else {"text": emergency.text, "line": emergency.line}
    return orjson.dumps({"outcomes": outcomes, "emergency": shown})


def _broken(field: str, rule: str, words: str) -> ValidationError:
    return ValidationError({field: [Broken(rule, words)]})
