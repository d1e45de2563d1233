"""The demo patients' conversations: each word said at its time, received and read by some and not by others."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.demo.cast import PATIENTS, WAITS, WRITES
from hep_api.demo.diary import Note
from hep_api.demo.talks import ANSWERED, WAITING, Talk
from hep_api.demo.treating import InCare, Treatment
from hep_api.messaging.actions.receipts import report_receipt
from hep_api.messaging.actions.sending import send_message
from hep_api.messaging.models.messages import AboutKind
from hep_api.messaging.queries.conversations import list_conversations_for

Json = dict[str, Any]

FIRST: Json = {"limit": 1, "cursor": None}
BETWEEN_WORDS = timedelta(hours=3, minutes=20)


def converse(session: Session, care: InCare, treatments: list[Treatment], notes: list[Note]) -> int:
    """Let the patient and the lead talk as the patient's traits say; return how many messages there are."""
    if WRITES in care.patient.traits:
        number = _place(care, WRITES)
        return _talk(session, care, ANSWERED[number], about=None, last_is_read=number % 2 == 0)
    if WAITS in care.patient.traits:
        number = _place(care, WAITS)
        return _talk(session, care, WAITING[number], _about(number, treatments, notes), last_is_read=False)
    return 0


def _place(care: InCare, trait: str) -> int:
    return [patient for patient in PATIENTS if trait in patient.traits].index(care.patient)


def _talk(session: Session, care: InCare, talk: Talk, about: Json | None, *, last_is_read: bool) -> int:
    """Say all words; the last one is about something, and its listener has it on the phone, read or not."""
    conversation_id = list_conversations_for(session, care.himself, FIRST, care.now).items[0].id
    last = len(talk.said)
    for seq, said in enumerate(talk.said, start=1):
        at = care.now - timedelta(hours=talk.hours_ago) - (last - seq) * BETWEEN_WORDS
        body = {
            "client_id": care.named(f"message {seq}"),
            "body": said.words,
            "about": about if seq == last else None,
            "reply_to_seq": None,
        }
        speaker, listener = (care.himself, care.lead) if said.by_patient else (care.lead, care.himself)
        send_message(session, speaker, conversation_id, body, at)
        report_receipt(session, speaker, conversation_id, {"delivered_seq": seq, "read_seq": seq})
        read_seq = seq if seq < last or last_is_read else seq - 1
        report_receipt(session, listener, conversation_id, {"delivered_seq": seq, "read_seq": read_seq})
    return last


def _about(number: int, treatments: list[Treatment], notes: list[Note]) -> Json:
    """Return what the waiting word is about: an exercise, or something that the patient reported."""
    if number % 2 == 0:
        return {"kind": AboutKind.PRESCRIPTION, "id": treatments[0].versions[0].prescription_id}
    return {"kind": AboutKind.EVENT, "id": UUID(notes[-1].event["id"])}
