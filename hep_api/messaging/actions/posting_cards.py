"""Cards: what of a patient's reports is put before both sides in the conversation, once for each entry.

A card holds numbers and ids, and follows its entry: corrected pain is corrected in it, and one whose entry tells of
nothing any more says so and stays where it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.languages import language_of_patient
from hep_api.messaging import access, changing
from hep_api.messaging.actions import noting
from hep_api.messaging.actions.posting import post_message
from hep_api.messaging.answering.policies import Policy, policy_of
from hep_api.messaging.causes import caused_by
from hep_api.messaging.models.messages import AboutKind, Message, MessageKind
from hep_api.messaging.red_flags.card_words import CardKind, words_of
from hep_api.messaging.red_flags.reported import ReportedEntries, ReportedEntry
from hep_api.messaging.saying import Said
from hep_api.messaging.shown import About

# What is older is told by the figures; nobody answers it in a conversation.
PERFORMED_WITHIN = timedelta(days=7)
# A phone that was away for a week may bring hundreds; the latest show how it stands.
MOST_AT_ONCE = 20
UNCLEAR = "unclear"

Json = dict[str, Any]


def post_cards(session: Session, fact: ReportedEntries) -> None:
    """React to reports: put strong pain and what is unclear into the conversation, and correct what stands there."""
    policy = policy_of(session, fact.clinic_id, fact.clinic_version)
    telling = _latest([each for each in fact.entries if _kind_of(each, policy)], fact.received_at)
    # Only a correction can find a card of its entry; whoever repeats a report publishes nothing.
    corrected = [each for each in fact.entries if each.event_id != each.entry_id]
    if not telling and not corrected:
        return
    conversation = access.care_team_conversation(session, fact.clinic_id, fact.patient_id)
    there = _cards_of(session, fact.clinic_id, conversation.id, corrected)
    new = [each for each in telling if each.entry_id not in there]
    if not new and not there:
        return
    language = language_of_patient(session, fact.clinic_id, fact.patient_id)
    for entry in corrected:
        if entry.entry_id in there:
            _correct(session, there[entry.entry_id], entry, policy, language)
    for entry in new:
        card = _card(entry, _kind_of(entry, policy))
        about = About(AboutKind.EVENT, entry.event_id)
        said = Said(_client_id(entry), words_of(card, language), MessageKind.CARD, card, about)
        post_message(session, fact.clinic_id, conversation.id, said, fact.received_at)


def _kind_of(entry: ReportedEntry, policy: Policy) -> CardKind | None:
    if policy.card_on_pain is not None and entry.pain is not None and entry.pain >= policy.card_on_pain:
        return CardKind.PAIN_ALERT
    if policy.card_on_unclear and entry.skip_reason == UNCLEAR:
        return CardKind.SKIP_UNCLEAR
    return None


def _latest(entries: Sequence[ReportedEntry], now: datetime) -> list[ReportedEntry]:
    """Return the entries of the last days in the order of performing, the latest twenty of them."""
    recent = [each for each in entries if each.performed_at >= now - PERFORMED_WITHIN]
    return sorted(recent, key=lambda each: (each.performed_at, each.entry_id))[-MOST_AT_ONCE:]


def _client_id(entry: ReportedEntry) -> UUID:
    return caused_by("card", entry.entry_id)


def _cards_of(
    session: Session, clinic_id: UUID, conversation_id: UUID, entries: Sequence[ReportedEntry]
) -> Mapping[UUID, Message]:
    """Return the cards that stand in a conversation, by entry."""
    if not entries:
        return {}
    by_client_id = {_client_id(each): each.entry_id for each in entries}
    cards = session.scalars(
        select(Message).where(
            Message.clinic_id == clinic_id,
            Message.conversation_id == conversation_id,
            Message.sender_id.is_(None),
            Message.client_id.in_(by_client_id),
        )
    )
    return {by_client_id[each.client_id]: each for each in cards}


def _correct(session: Session, message: Message, entry: ReportedEntry, policy: Policy, language: str) -> None:
    before = message.card or {}
    kind = _kind_of(entry, policy)
    card = _card(entry, kind or CardKind(before["type"])) | {"withdrawn": kind is None}
    if card == before:
        return
    held = changing.hold_for_clinic(session, message.clinic_id, message.conversation_id, message.seq)
    held.message.card, held.message.body = card, words_of(card, language)
    noting.note_change_of(session, held)


def _card(entry: ReportedEntry, kind: CardKind | None) -> Json:
    return {
        "type": kind,
        "event_id": str(entry.event_id),
        "entry_id": str(entry.entry_id),
        "prescription_id": str(entry.prescription_id),
        "performed_on": entry.performed_on.isoformat(),
        "pain": entry.pain,
        "withdrawn": False,
    }
