"""HTTP doors of the inbox: which conversations wait, whose they are, and when they are done with. Staff only."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.messaging.actions import handing_over, handling
from hep_api.messaging.actions.handing_over import HandOver
from hep_api.messaging.queries import inbox
from hep_api.messaging.queries.inbox import InboxRow, InboxRowInFull
from hep_api.messaging.schemas.inbox import (
    AssigneeIn,
    HandOverIn,
    HandOverOut,
    InboxEntryInFullOut,
    InboxEntryOut,
    InboxQuery,
)

routes = Routes("inbox", "Conversations as staff deal with them: who waits, whose they are, what was done.")


@routes.get("/inbox")
@signed_in(*STAFF)
@asks(InboxQuery)
@returns(page_of(InboxEntryOut))
def list_inbox(query: dict[str, Any]) -> Page[InboxRow]:
    """List the conversations of your patients: whoever waits longest first, then what is unread, then the rest.

    Leaders see them only when the clinic's policy lets them read records.
    """
    with transaction() as session:
        return inbox.list_inbox_for(session, viewer(), query, clock.now())


@routes.get("/inbox/<uuid:conversation_id>")
@signed_in(*STAFF)
@returns(InboxEntryInFullOut)
def get_inbox_entry(conversation_id: UUID) -> InboxRowInFull:
    """Show how staff have dealt with a conversation: whose it is, since when it waits, what was done about it."""
    with transaction() as session:
        return inbox.get_inbox_row_for(session, viewer(), conversation_id, clock.now())


@routes.put("/conversations/<uuid:conversation_id>/assignee")
@signed_in(Role.PRACTITIONER)
@takes(AssigneeIn)
@returns(InboxEntryInFullOut)
def assign_conversation(conversation_id: UUID, body: dict[str, Any]) -> InboxRowInFull:
    """Say whose a conversation is; a note about it is said in the staff's own conversation about the patient.

    Errors: 422 naming `/member_id` for anybody but a practitioner of the care team.
    """
    with transaction() as session:
        handling.assign_conversation(session, viewer(), conversation_id, body["member_id"], body["note"], clock.now())
        return inbox.get_inbox_row_for(session, viewer(), conversation_id, clock.now())


@routes.post("/conversations/<uuid:conversation_id>/close")
@signed_in(Role.PRACTITIONER)
@returns(InboxEntryInFullOut)
def close_conversation(conversation_id: UUID) -> InboxRowInFull:
    """Close a conversation: nothing in it needs an answer. Whoever writes in it opens it again.

    Closed already, it stays as it is.

    Errors: 409 while a red flag of the patient is open.
    """
    with transaction() as session:
        handling.close_conversation(session, viewer(), conversation_id, clock.now())
        return inbox.get_inbox_row_for(session, viewer(), conversation_id, clock.now())


@routes.post("/conversations/<uuid:conversation_id>/reopen")
@signed_in(Role.PRACTITIONER)
@returns(InboxEntryInFullOut)
def reopen_conversation(conversation_id: UUID) -> InboxRowInFull:
    """Take up a closed conversation again; one that is open stays as it is."""
    with transaction() as session:
        handling.reopen_conversation(session, viewer(), conversation_id, clock.now())
        return inbox.get_inbox_row_for(session, viewer(), conversation_id, clock.now())


@routes.post("/practitioners/<uuid:member_id>/hand-over")
@signed_in(*STAFF)
@takes(HandOverIn)
@returns(HandOverOut)
def hand_over(member_id: UUID, body: dict[str, Any]) -> HandOver:
    """Hand a practitioner's patients over to a colleague: the place on the care team, the lead, the conversations.

    At most a hundred at a time, answered patient by patient; one that is refused keeps none of the others from it.
    Practitioners hand over their own; leaders anybody's.

    Errors: 422 naming `/to_member_id`, or `/note` of a leader.
    """
    with transaction() as session:
        return handing_over.hand_over(session, viewer(), member_id, body, clock.now())
