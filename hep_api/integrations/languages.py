"""The languages that integrations write in: those of foundation.languages.WRITTEN, as a choice."""

from collections.abc import Sequence
from enum import StrEnum

from hep_api.foundation.languages import WRITTEN, best_language


class Language(StrEnum):
    """What somebody may choose."""

    ENGLISH = "en"
    SPANISH = "es"
    GERMAN = "de"
    FRENCH = "fr"


def chosen(language: Language | None, asked: Sequence[str]) -> Language:
    """Return the language that was chosen, else the written one that suits what is asked for."""
    return language or Language(best_language(WRITTEN, asked))
