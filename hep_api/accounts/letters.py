"""Letters to people about their account: fixed texts, sent by mail from a job.

`tell` puts a letter into the job table in the transaction of its cause. The address is looked up, and a one-time link
is made, only when the letter is sent, so the table holds neither. `words` fill a text's gaps; they name clinics at
most, and never anything of anyone's health.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from string import Formatter
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs import queue
from hep_api.foundation.mail.messages import Mail

SEND_LETTER = "accounts.send_letter"
# Filled in here, for every text: when it happened; and when it is sent: where a one-time link leads.
OUR_WORDS = frozenset({"at", "link"})
LONGEST_WORD = 200


class Letter(StrEnum):
    """What people are told about their account."""

    SIGN_IN_REUSED = "sign_in_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of letter
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of letter
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    SECOND_FACTOR_REFUSED = "second_factor_refused"
    SECOND_FACTOR_KEPT = "second_factor_kept"
    PASSKEY_COPIED = "passkey_copied"
    FIREBASE_LINK_CHANGED = "firebase_link_changed"
    EMERGENCY_ACCESS = "emergency_access"
    EXPORT_READY = "export_ready"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_DECIDED = "erasure_decided"


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter's words, with gaps such as {clinic}."""

    subject: str
    paragraphs: tuple[str, ...]

    @property
    def gaps(self) -> frozenset[str]:
        """Return what `tell` has to be given for this letter."""
        parts = [part for text in (self.subject, *self.paragraphs) for part in Formatter().parse(text)]
        return frozenset(name for _, name, _, _ in parts if name) - OUR_WORDS


NOT_YOU = "If this was not you, ask for a new password in the app at once, and tell your clinic."

TEXTS: Mapping[Letter, LetterText] = {
    Letter.SIGN_IN_REUSED: LetterText(
        "One of your sign-ins was ended",
        (
            "On {at} one of your sign-ins was used by two devices. Somebody may have copied it, so we ended it.",
            "Sign in again on your device. In the app you see where you are signed in, and can end what is not yours.",
        ),
    ),
    Letter.PASSWORD_CHANGED: LetterText(
        "Your password was changed",
        (
            "The password of your account was changed on {at}. Your other devices were signed out.",
            NOT_YOU,
        ),
    ),
    Letter.PASSWORD_RESET: LetterText(
        "Choose a new password",
        (
            "On {at} somebody, hopefully you, asked for a new password for your account.",
            "Open this link within ten minutes. It works once:",
            "{link}",
            "If it was not you, you need not do anything: your password stays as it is.",
        ),
    ),
    Letter.SECOND_FACTOR_CHANGED: LetterText(
        "How you prove that it is you was changed",
        (
            "On {at} a second factor of your account was added, replaced or removed, or a recovery code was used up.",
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_REFUSED: LetterText(
        "Somebody has your password",
        (
            "On {at} somebody gave your password and then several wrong second factors. They were not let in.",
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_KEPT: LetterText(
        "Your second factor was not removed",
        (
            "On {at} one of your clinics asked to remove the second factor of your account.",
            "Your account serves you in more than one clinic, so nothing was removed.",
            "If it was you who asked, your clinic tells you who runs this service: they can do it.",
            NOT_YOU,
        ),
    ),
    Letter.PASSKEY_COPIED: LetterText(
        "One of your passkeys may have been copied",
        (
            "On {at} one of your passkeys was used in a way that the device it is on would not use it. It was refused.",
            "In the app you see which one it was. Remove it, and make a new one.",
        ),
    ),
    Letter.FIREBASE_LINK_CHANGED: LetterText(
        "How you sign in was changed",
        (
            "On {at} a Firebase account was linked to your account, to sign in with, or was unlinked from it.",
            NOT_YOU,
        ),
    ),
    Letter.EMERGENCY_ACCESS: LetterText(
        "Emergency access at {clinic}",
        (
            "On {at} a member of the staff of {clinic} took emergency access to a record.",
            "Who it was, to whose record, and why, stands in the clinic's list of emergency accesses. Please look.",
        ),
    ),
    Letter.EXPORT_READY: LetterText(
        "An export is ready",
        ("The export that was asked for at {clinic} is ready. It can be fetched in the app for a short time.",),
    ),
    Letter.ERASURE_ASKED: LetterText(
        "A request for erasure waits at {clinic}",
        ("On {at} somebody asked {clinic} to erase a person's data. As an owner you decide: please look in the app.",),
    ),
    Letter.ERASURE_DECIDED: LetterText(
        "A request for erasure was decided",
        ("{clinic} decided on {at} about your request to erase your data. Your clinic tells you what it decided.",),
    ),
}


def tell(session: Session, account_id: UUID, letter: Letter, now: datetime, **words: str) -> None:
    """Send a letter to the account's address, once this transaction is committed; nothing where there is no account."""
    if TEXTS[letter].gaps != words.keys():
        raise ValueError(f"{letter} needs the words {sorted(TEXTS[letter].gaps)}")
    known = {name: _on_one_line(word) for name, word in words.items()}
    payload = {"account_id": str(account_id), "letter": letter, "words": {**known, "at": _in_words(now)}}
    queue.enqueue(session, SEND_LETTER, payload, now=now)


def write(letter: Letter, to: str, words: Mapping[str, str]) -> Mail:
    """Return the letter as a mail."""
    text = TEXTS[letter]
    return Mail(to, text.subject.format(**words), tuple(paragraph.format(**words) for paragraph in text.paragraphs))


def _on_one_line(word: str) -> str:
    return " ".join(word.split())[:LONGEST_WORD]


def _in_words(now: datetime) -> str:
    at = now.astimezone(UTC)
    return f"{at.day} {at:%B %Y}, {at:%H:%M} UTC"
