"""Which letters there are, and what makes up the text of one: each language has all of them; a test holds it."""

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

# Filled in for every text: when it happened; and when it is sent: where a one-time link leads.
OUR_WORDS = frozenset({"at", "link"})


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
    """A letter's words, with gaps such as {clinic}; `button` stands on its link."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""

    @property
    def gaps(self) -> frozenset[str]:
        """Return what `tell` has to be given for this letter."""
        parts = [part for text in (self.subject, *self.paragraphs) for part in Formatter().parse(text)]
        return frozenset(name for _, name, _, _ in parts if name) - OUR_WORDS
