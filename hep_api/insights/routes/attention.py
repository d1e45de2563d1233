"""HTTP doors of the attention list: for practitioners, and for leaders to read where they may read records. Patients
do not see it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags, speaking
from hep_api.foundation.web.doors import Routes, asks, needs_if_match, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.insights.actions import settling
from hep_api.insights.models import AttentionEntry
from hep_api.insights.queries import attention
from hep_api.insights.queries.attention import EntryInFull, ShownEntry
from hep_api.insights.schemas.attention import (
    AttentionInFullOut,
    AttentionOut,
    AttentionQuery,
    DismissIn,
    OwnerIn,
    ReopenIn,
    SnoozeIn,
)
from hep_api.insights.words import languages

routes = Routes("attention", "Patients who need somebody's attention: by which rule, on what evidence, what to do.")

AttentionPageOut = page_of(AttentionOut)


@routes.get("/attention")
@signed_in(*STAFF)
@asks(AttentionQuery)
@returns(AttentionPageOut)
def list_attention(query: dict[str, Any]) -> Page[ShownEntry]:
    """List which of one's patients need attention, the most urgent first."""
    with transaction() as session:
        return attention.list_entries_for(session, viewer(), query, _language(), clock.now())


@routes.get("/attention/<uuid:attention_id>")
@signed_in(*STAFF)
@returns(AttentionInFullOut, tag=etags.by_version)
def get_attention(attention_id: UUID) -> EntryInFull:
    """Show one entry of the attention list, and what happened to it."""
    with transaction() as session:
        return attention.get_entry_for(session, viewer(), attention_id, _language(), clock.now())


@routes.post("/attention/<uuid:attention_id>/dismiss")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(DismissIn)
@returns(AttentionInFullOut, tag=etags.by_version)
def dismiss_attention(attention_id: UUID, body: dict[str, Any]) -> EntryInFull:
    """Dismiss an entry with a reason; it comes back when its rule holds on evidence that it had not now.

    Errors: 409 for an entry that is dismissed or resolved already; 412 also when there is new evidence meanwhile.
    """
    with transaction() as session:
        entry, now = _to_change(session, attention_id), clock.now()
        settling.dismiss(session, viewer(), entry, body["reason"], now)
        return _in_full(session, attention_id, now)


@routes.post("/attention/<uuid:attention_id>/snooze")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(SnoozeIn)
@returns(AttentionInFullOut, tag=etags.by_version)
def snooze_attention(attention_id: UUID, body: dict[str, Any]) -> EntryInFull:
    """Put an entry off until an instant, with a reason; new evidence brings it back earlier.

    Errors: 409 for an entry that is dismissed or resolved; 422 naming `/until`.
    """
    with transaction() as session:
        entry, now = _to_change(session, attention_id), clock.now()
        settling.snooze(session, viewer(), entry, body["until"], body["reason"], now)
        return _in_full(session, attention_id, now)


@routes.post("/attention/<uuid:attention_id>/reopen")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(ReopenIn)
@returns(AttentionInFullOut, tag=etags.by_version)
def reopen_attention(attention_id: UUID, body: dict[str, Any]) -> EntryInFull:
    """Put an entry that was dismissed or put off back on the list.

    Errors: 409 for one that is resolved, or whose rule stands on the list by a newer entry.
    """
    with transaction() as session:
        entry, now = _to_change(session, attention_id), clock.now()
        settling.reopen(session, viewer(), entry, body["reason"], now)
        return _in_full(session, attention_id, now)


@routes.put("/attention/<uuid:attention_id>/owner")
@signed_in(Role.PRACTITIONER)
@takes(OwnerIn)
@returns(AttentionInFullOut, tag=etags.by_version)
def assign_attention(attention_id: UUID, body: dict[str, Any]) -> EntryInFull:
    """Say who of the care team sees to an entry; needs If-Match.

    Errors: 409 for an entry that is dismissed or resolved; 422 naming `/member_id` for anybody not of the care team.
    """
    with transaction() as session:
        entry, now = _to_change(session, attention_id), clock.now()
        settling.assign(session, viewer(), entry, body["member_id"], now)
        return _in_full(session, attention_id, now)


def _to_change(session: Session, attention_id: UUID) -> AttentionEntry:
    entry = attention.entry_to_change(session, viewer(), attention_id)
    etags.require_match(entry.id, entry.version)
    return entry


def _in_full(session: Session, attention_id: UUID, now: datetime) -> EntryInFull:
    return attention.get_entry_for(session, viewer(), attention_id, _language(), now)


def _language() -> str:
    language = languages.chosen(asked_languages())
    speaking.answer_in(language)
    return language
