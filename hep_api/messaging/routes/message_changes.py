"""HTTP doors of what becomes of a message: editing it, taking it back, reacting to it, reading what it said before."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.messaging.actions import editing, reacting, withdrawing
from hep_api.messaging.models.messages import Sign
from hep_api.messaging.queries import versions
from hep_api.messaging.queries.versions import ShownVersion
from hep_api.messaging.schemas.messages import EditIn, MessageOut, VersionsOut
from hep_api.messaging.shown import ShownMessage

PARTICIPANTS = (Role.PATIENT, Role.PRACTITIONER)
MESSAGE = "/conversations/<uuid:conversation_id>/messages/<int(max=2147483647):seq>"

# Whatever else stands in its place is no address at all.
REACTION = f"{MESSAGE}/reactions/<any({','.join(Sign)}):sign>"

routes = Routes("message changes", "What becomes of a message; told as `message.changed`.")


@routes.patch(MESSAGE)
@signed_in(*PARTICIPANTS)
@takes(EditIn)
@returns(MessageOut)
def edit_message(conversation_id: UUID, seq: int, body: dict[str, Any]) -> ShownMessage:
    """Give your message other words, within 15 minutes of sending it.

    It is shown as edited, and what it said before stays readable for those who may read it.
    Safe to send again: the same `client_id` makes one edit. Of two edits the later one to arrive is shown.

    Errors: 403 `not_your_message`; 409 `too_late_to_edit`, `not_editable`, `message_withdrawn`, `conversation_ended`,
    `too_many_edits`, and when `client_id` was used for other words.
    """
    with transaction() as session:
        return editing.edit_message(session, viewer(), conversation_id, seq, body, clock.now())


@routes.post(f"{MESSAGE}/withdraw")
@signed_in(*PARTICIPANTS)
@returns(MessageOut)
def withdraw_message(conversation_id: UUID, seq: int) -> ShownMessage:
    """Take your message back, at any time and for good.

    Its number, its sender and the instant stay, and nothing of what it said: the patient's record keeps the words, and
    no door shows them any more. Withdrawn again, nothing changes.

    Errors: 403 `not_your_message`.
    """
    with transaction() as session:
        return withdrawing.withdraw_message(session, viewer(), conversation_id, seq, clock.now())


@routes.get(f"{MESSAGE}/versions")
@signed_in(*EVERYONE)
@returns(VersionsOut)
def list_versions(conversation_id: UUID, seq: int) -> dict[str, list[ShownVersion]]:
    """Read what a message has said, the first version first; of a withdrawn one nothing."""
    with transaction() as session:
        return {"items": versions.list_versions_for(session, viewer(), conversation_id, seq)}


@routes.put(REACTION)
@signed_in(*PARTICIPANTS)
@returns(MessageOut)
def react_to_message(conversation_id: UUID, seq: int, sign: str) -> ShownMessage:
    """Put a sign of yours on a message: `thumbs_up`, `heart`, `thanks`, `done`, `question` or `sad`; 404 for others.

    Put again, nothing changes. A reaction is no answer: what the patient wrote waits on.

    Errors: 409 `message_withdrawn`, `conversation_ended`.
    """
    with transaction() as session:
        return reacting.react_to_message(session, viewer(), conversation_id, seq, Sign(sign), clock.now())


@routes.delete(REACTION)
@signed_in(*PARTICIPANTS)
@returns(MessageOut)
def take_back_reaction(conversation_id: UUID, seq: int, sign: str) -> ShownMessage:
    """Take a sign of yours off a message; one that is not there changes nothing."""
    with transaction() as session:
        return reacting.take_back_reaction(session, viewer(), conversation_id, seq, Sign(sign))
