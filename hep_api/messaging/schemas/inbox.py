"""JSON shapes of the inbox, and of what staff do about conversations."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Choice, Flag, FlagInQuery, Id, Instant, Several, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import FieldErrorOut, In, Out, PageQuery
from hep_api.messaging.actions.handing_over import MOST_AT_A_TIME
from hep_api.messaging.models.conversations import ConversationKind
from hep_api.messaging.models.handling import HandlingChange
from hep_api.messaging.models.messages import AboutKind
from hep_api.messaging.queries.inbox import InboxState
from hep_api.messaging.schemas.conversations import ConversationOut
from hep_api.messaging.schemas.messages import LONGEST_MESSAGE

WHOSE = {"description": "whose it is: to whom it was assigned, and of others whoever leads the care team"}


class InboxQuery(PageQuery):
    """What is left out is not asked for; without a state, all that are not closed, and of flagged ones all."""

    state = Choice(
        InboxState,
        load_default=None,
        metadata={"description": "left out: open; of those whose patient has an open red flag all (flagged=true)"},
    )
    practitioner_id = Id(load_default=None, metadata=WHOSE)
    location_id = Id(load_default=None, metadata={"description": "the patient's"})
    patient_id = Id(load_default=None)
    kind = Choice(ConversationKind, load_default=None)
    flagged = FlagInQuery(load_default=None, metadata={"description": "true: whose patient has an open red flag"})
    about_kind = Choice(AboutKind, load_default=None, metadata={"description": "a message is about such a thing"})
    about_id = Id(load_default=None, metadata={"description": "and about this one; goes with about_kind"})

    @validates_schema
    def _whole_anchor(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("about_id") is not None and data.get("about_kind") is None:
            raise ValidationError({"about_id": [Broken("one_of", "Goes with about_kind.")]})


class InboxEntryOut(ConversationOut):
    """A conversation as staff deal with it."""

    location_id = Id()
    waiting_since = Instant(
        allow_none=True,
        metadata={"description": "when the patient wrote what nobody has answered; null: nothing waits"},
    )
    assigned_to = Id(allow_none=True, metadata={"description": "null: it is whoever's who leads"})
    assigned_name = fields.String(allow_none=True)
    lead_id = Id(allow_none=True)
    closed_at = Instant(allow_none=True)
    open_flag_id = Id(allow_none=True, metadata={"description": "the patient's red flag that nobody has acknowledged"})


class HandledEntryOut(Out):
    """One thing that was done; without `changed_by`, by the product itself."""

    change = Choice(HandlingChange)
    changed_at = Instant()
    changed_by = Id(allow_none=True)
    changed_by_name = fields.String(allow_none=True)
    assigned_to = Id(allow_none=True, metadata={"description": "when assigned: whose it is from then on"})


class InboxEntryInFullOut(InboxEntryOut):
    """A conversation as staff deal with it, with all that was done about it."""

    history = fields.List(fields.Nested(HandledEntryOut))


class HandledOut(Out):
    """What was done about a conversation."""

    conversation_id = Id()
    patient_id = Id()
    change = Choice(HandlingChange)
    changed_by = Id(allow_none=True)
    assigned_to = Id(allow_none=True)


class NoteIn(In):
    """A message for the staff's own conversation about the patient."""

    client_id = Id(required=True, metadata={"description": "as of any message: sent again, it is said once"})
    body = Text(most=LONGEST_MESSAGE, lines=True, required=True)


class AssigneeIn(In):
    member_id = Id(required=True, allow_none=True, metadata={"description": "of the care team; null: whoever leads"})
    note = fields.Nested(NoteIn, load_default=None, allow_none=True)


class HandOverIn(In):
    """To whom, and which of the patients; left out, all."""

    to_member_id = Id(required=True, metadata={"description": "a practitioner of the clinic"})
    patient_ids = Several(Id(), most=MOST_AT_A_TIME, load_default=None)
    leave = Flag(load_default=True, metadata={"description": "false: stays on the care teams, beside the colleague"})
    note = fields.Nested(NoteIn, load_default=None, allow_none=True)


class RefusedHandOverOut(Out):
    code = fields.String()
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldErrorOut))


class HandedOverOut(Out):
    """What became of one patient."""

    patient_id = Id()
    outcome = fields.String(metadata={"enum": ["handed_over", "refused"]})
    error = fields.Nested(RefusedHandOverOut, allow_none=True)


class HandOverOut(Out):
    """One answer for each patient, in the order of their ids."""

    outcomes = fields.List(fields.Nested(HandedOverOut))
    has_more = fields.Boolean(metadata={"description": "there are others: send it again"})
