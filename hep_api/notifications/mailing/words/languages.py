"""Which phrasebook a mail is written by: a language that is not written is served by English."""

from collections.abc import Mapping, Sequence

from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.notifications.mailing.words.english import ENGLISH
from hep_api.notifications.mailing.words.french import FRENCH
from hep_api.notifications.mailing.words.german import GERMAN
from hep_api.notifications.mailing.words.phrasebook import Phrasebook
from hep_api.notifications.mailing.words.spanish import SPANISH

PHRASEBOOKS: Mapping[str, Phrasebook] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}


def chosen(asked: Sequence[str | None]) -> str:
    """Return the written language that suits best, the dearest first; None for one that nobody has said."""
    return best_language(WRITTEN, [tag for tag in asked if tag])
