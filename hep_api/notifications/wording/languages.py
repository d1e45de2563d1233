"""Which words a notice has for one reader: one whose language is not written reads English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hep_api.accounts.viewer import Role
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.wording.english import ENGLISH
from hep_api.notifications.wording.french import FRENCH
from hep_api.notifications.wording.german import GERMAN
from hep_api.notifications.wording.phrasebook import Phrasebook
from hep_api.notifications.wording.spanish import SPANISH

PHRASEBOOKS: Mapping[str, Phrasebook] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}


@dataclass(frozen=True, slots=True)
class Words:
    """A notice as it is shown, and in which language."""

    title: str
    body: str
    language: str


def say(kind: NoticeKind, role: Role, languages: Sequence[str | None]) -> Words:
    """Return the words of a kind for somebody of a role; `languages` are the device's, the person's, the clinic's, the
    dearest first, None for one that nobody has said.
    """
    language = best_language(WRITTEN, [tag for tag in languages if tag])
    book = PHRASEBOOKS[language]
    own = book.for_staff if role is not Role.PATIENT else {}
    phrase = own.get(kind) or book.phrases[kind]
    return Words(phrase.title, phrase.body, language)
