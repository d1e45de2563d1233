"""What raises a red flag: pain at or over the clinic's threshold, or a phrase of its list in what the patient writes.

Pure, but for the phrases that are made ready once for each clinic and version of its settings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from hep_api.messaging.answering.policies import Policy
from hep_api.messaging.models.flags import CauseKind
from hep_api.messaging.red_flags.phrases import PhraseList
from hep_api.messaging.red_flags.reported import ReportedEntry
from hep_api.messaging.red_flags.words import SHIPPED

# What was felt longer ago is for the attention list, and nobody is to be sent to an emergency room for it.
FELT_WITHIN = timedelta(days=7)
# Enough to see how it stands; somebody looks at the patient then, and not at a list.
MOST_AT_ONCE = 20
MOST_PHRASES = 5
MOST_CLINICS_KEPT = 1000
SHIPPED_PHRASES = tuple(phrase for phrases in SHIPPED.values() for phrase in phrases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason for a flag: of an entry with pain, or of a message with a phrase."""

    kind: CauseKind
    event_id: UUID | None = None
    entry_id: UUID | None = None
    prescription_id: UUID | None = None
    performed_on: date | None = None
    pain: int | None = None
    conversation_id: UUID | None = None
    seq: int | None = None
    phrase: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What is the same for the same reason, however often it is told."""
        return self.entry_id, self.conversation_id, self.seq, self.phrase


def causes_in_entries(entries: Iterable[ReportedEntry], policy: Policy, now: datetime) -> list[Cause]:
    """Return the entries of the last days whose pain is a red flag to the clinic, the worst first, twenty at most."""
    threshold = policy.red_flag_pain
    if threshold is None:
        return []
    felt = [each for each in entries if each.pain is not None and each.pain >= threshold]
    recent = [each for each in felt if each.performed_at >= now - FELT_WITHIN]
    worst = sorted(recent, key=lambda each: (each.pain or 0, each.performed_at), reverse=True)
    return [
        Cause(
            kind=CauseKind.PAIN,
            event_id=each.event_id,
            entry_id=each.entry_id,
            prescription_id=each.prescription_id,
            performed_on=each.performed_on,
            pain=each.pain,
        )
        for each in worst[:MOST_AT_ONCE]
    ]


def causes_in_text(text: str, policy: Policy, conversation_id: UUID, seq: int) -> list[Cause]:
    """Return a cause for each of the clinic's phrases that stands in a message's text, five at most."""
    found = sorted(_phrases_of(policy).found_in(text))[:MOST_PHRASES]
    return [Cause(kind=CauseKind.PHRASE, conversation_id=conversation_id, seq=seq, phrase=each) for each in found]


_READY: dict[UUID, tuple[int, PhraseList]] = {}


def _phrases_of(policy: Policy) -> PhraseList:
    if policy.red_flag_shipped_phrases and not policy.red_flag_phrases:
        return _shipped()
    version, ready = _READY.get(policy.clinic_id, (None, None))
    if ready is None or version != policy.version:
        if len(_READY) >= MOST_CLINICS_KEPT:
            _READY.clear()
        own = [each.phrase for each in policy.red_flag_phrases]
        # Their own come first: where one reads like a shipped one, it is named as they wrote it.
        ready = PhraseList([*own, *SHIPPED_PHRASES] if policy.red_flag_shipped_phrases else own)
        _READY[policy.clinic_id] = policy.version, ready
    return ready


@cache
def _shipped() -> PhraseList:
    return PhraseList(SHIPPED_PHRASES)
