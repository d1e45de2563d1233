"""Words that must not be read by those who may not: who reads which, and which columns hold one.

Every column of text or JSON either holds a canary in the scene or stands in `WITHOUT` with the reason; a new column
that does neither fails a test. Numbers, dates and instants have no words: that nobody learns of them is tried by
changing them and looking at what others see (torture/matrix/changing.py).
"""

from collections.abc import Iterator

from sqlalchemy import ARRAY, JSON, Column, String
from sqlalchemy.dialects.postgresql import TSVECTOR

from hep_api.foundation.types import Word
from hep_api.tables import metadata

# Birds that no search takes for each other: the patient's record and administration, what all of the clinic know,
# another patient's of the clinic, the other clinic's, what is the person's alone, and what nobody reads.
RECORD, ADMINISTRATION, CLINIC = "nightingale", "woodpecker", "flamingo"
ANOTHERS, ABROAD, OWN, NOBODYS = "hummingbird", "albatross", "kingfisher", "cormorant"
BIRTHDAY = "1911-11-11"

# Who may read which canaries; the others of the scene none.
READERS = {
    RECORD: {"lead", "patient"},
    ADMINISTRATION: {"lead", "patient", "manager", "owner"},
    BIRTHDAY: {"lead", "patient", "manager", "owner"},
    CLINIC: {"lead", "patient", "manager", "owner", "other_practitioner", "former", "other_patient"},
    ANOTHERS: {"other_practitioner", "other_patient"},
    ABROAD: {"b_practitioner", "b_patient", "b_manager", "b_owner"},
    OWN: {"patient"},
    NOBODYS: set[str](),
}

ONE_OF_FEW = "a word of a fixed list, in small letters"
RULES_ONLY = "numbers and words of fixed lists"
# What a column of text or JSON holds when no canary stands in it.
WITHOUT = {
    "clinic.slug": "made by the keeper of the installation for the command line",
    "clinic.zone": "an IANA time zone",
    "patient.zone": "an IANA time zone",
    "clinic.language": "a language's tag",
    "patient.language": "a language's tag",
    "messaging_policy.opening_hours": "times of the day",
    "location_hours.opening_hours": "times of the day",
    "location_hours.holidays": "dates and times of the day, as of the clinic's",
    "location_hours.zone": "an IANA time zone",
    "messaging_policy.emergency_line": "a telephone number that every patient is given",
    "adherence_event.zone": "an IANA time zone",
    "sign_in.end_reason": ONE_OF_FEW,
    "device.p256dh": "the public key of a browser's subscription",
    "device.auth": "random letters of a browser's subscription",
    "device.language": "a language's tag",
    "device.zone": "an IANA time zone",
    "push.collapse_key": "a digest of ids",
    "push.provider_id": "the number that a push service gives what it takes",
    "notification_preference.channels": ONE_OF_FEW,
    "notification_preference.zone": "an IANA time zone",
    "notification_policy.channels": ONE_OF_FEW,
    "reminder_default.times": RULES_ONLY,
    "reminder_setting.times": RULES_ONLY,
    "reminder_setting.dismissed": "times of the day and dates",
    "reminder_outlook.zone": "an IANA time zone",
    "reminder_outlook.zone_before": "an IANA time zone",
    "reminder.zone": "an IANA time zone",
    "job.kind": ONE_OF_FEW,
    "job.dedupe_key": "a kind and ids",
    "job.once_key": "a kind and ids",
    "job.error_type": "the name of a Python class",
    "prescription_day.skip_reasons": ONE_OF_FEW,
    "patient_week.skip_reasons": ONE_OF_FEW,
    "prescription_version.schedule": RULES_ONLY,
    "dose_suggestion.evidence": "numbers and dates",
    "message.card": "ids, numbers and words of fixed lists",
    "attention_entry.evidence": "numbers, dates, ids and words of fixed lists",
    "revision_item.schedule": RULES_ONLY,
    "passkey.transports": "words of WebAuthn's fixed list",
    "patient_export.sha256": "a digest in hexadecimal",
    "template.source_key": "a name in the starter set",
    "template.language": "a language's tag",
    "content_item.language": "a language's tag",
    "sent_content.language": "a language's tag",
    "check_in_value.key": "a word of the clinic's, in small letters, that names a question",
    "check_in_value.choices": "words of the clinic's, in small letters, that name choices",
    "exercise.default_schedule": RULES_ONLY,
    "exercise.joints": ONE_OF_FEW,
    "exercise.goals": ONE_OF_FEW,
    "exercise.equipment": ONE_OF_FEW,
    "exercise_card.joints": ONE_OF_FEW,
    "exercise_card.goals": ONE_OF_FEW,
    "exercise_card.equipment": ONE_OF_FEW,
    "exercise_card.made_by": "a digest in hexadecimal",
    "exercise.source_key": "a name in a collection",
    "audit_entry.action": ONE_OF_FEW,
    "audit_entry.role": ONE_OF_FEW,
    "audit_entry.subject": "ids and words of fixed lists; tests/audit looks for anything else",
    "audit_entry.address": "a network address, or of patients only the network",
    "emergency_access.reason": "its readers, owners and whoever gave it, are tried in tests/audit",
    "exercise.language": "a language's tag",
    "exercise.drawing_digest": "a digest in hexadecimal",
    "exercise_translation.language": "a language's tag",
    "drawing.digest": "a digest in hexadecimal",
    "drawing.key": "the name of a starter exercise",
    "drawing.svg": "our own drawing, shown to anyone",
    "asset.content_type": "a media type of a fixed list",
    "asset.refused_rule": ONE_OF_FEW,
    "asset.renditions": "fixed words, numbers and digests",
    "media_upload.content_type": "a media type of a fixed list",
    "attachment.content_type": "a media type of a fixed list",
    "attachment.renditions": "fixed words, numbers and digests",
    "attachment.pieces": "paths in the file store, made of ids",
    "media_upload.pieces": "paths in the file store, made of ids",
}


def columns_with_words() -> Iterator[Column[object]]:
    """Yield every column that could hold somebody's words."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
            if isinstance(kind, String | JSON | TSVECTOR) and not isinstance(kind, Word):
                yield column


def has_canary(column: Column[object]) -> str:
    """Return the SQL that tells whether any row of a column holds a canary. Its beginning: the search keeps stems."""
    birds = "|".join(word[:6] for word in READERS if word.isalpha())
    return f"SELECT EXISTS (SELECT FROM {column.table.name} WHERE {column.name}::text ~ '{birds}')"  # noqa: S608 - our own names


def leaks(part: str, text: str) -> list[str]:
    """Return the canaries in a text that this part of the scene may not read."""
    return [canary for canary, readers in READERS.items() if canary in text and part not in readers]
