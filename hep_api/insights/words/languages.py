"""Which phrasebook serves a language: one that is not written is served by English."""

from collections.abc import Mapping, Sequence

from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.insights.words.english import ENGLISH
from hep_api.insights.words.french import FRENCH
from hep_api.insights.words.german import GERMAN
from hep_api.insights.words.phrasebook import Phrasebook
from hep_api.insights.words.spanish import SPANISH

PHRASEBOOKS: Mapping[str, Phrasebook] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}


def chosen(asked: Sequence[str]) -> str:
    """Return the written language that suits best what is asked for."""
    return best_language(WRITTEN, asked)
