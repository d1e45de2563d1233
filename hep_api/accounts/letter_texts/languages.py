"""Which texts serve a language: one that is not written is served by English."""

from collections.abc import Mapping, Sequence

from hep_api.accounts.letter_texts.english import ENGLISH
from hep_api.accounts.letter_texts.french import FRENCH
from hep_api.accounts.letter_texts.german import GERMAN
from hep_api.accounts.letter_texts.spanish import SPANISH
from hep_api.accounts.letter_texts.text import Letter, LetterText
from hep_api.foundation.languages import WRITTEN, best_language

TEXTS: Mapping[str, Mapping[Letter, LetterText]] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}


def chosen(asked: Sequence[str]) -> str:
    """Return the written language that suits best, the dearest first."""
    return best_language(WRITTEN, asked)
