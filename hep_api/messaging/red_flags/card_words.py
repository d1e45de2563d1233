"""What a card says in words, in the patient's language, for apps that show it as any other message."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hep_api.foundation.languages import WRITTEN, best_language


class CardKind(StrEnum):
    """Why a report of the patient's stands in the conversation."""

    PAIN_ALERT = "pain_alert"
    SKIP_UNCLEAR = "skip_unclear"


@dataclass(frozen=True, slots=True)
class CardWords:
    """The words of one language; `pain_alert` takes the rating."""

    pain_alert: str
    skip_unclear: str
    withdrawn: str


WORDS: Mapping[str, CardWords] = {
    "en": CardWords(
        "Pain of {pain} out of 10 was reported.",
        "An exercise was skipped because it is unclear.",
        "What was reported here has been corrected since.",
    ),
    "es": CardWords(
        "Se notificó un dolor de {pain} sobre 10.",
        "Se omitió un ejercicio porque no está claro.",
        "Lo que se notificó aquí se ha corregido después.",
    ),
    "de": CardWords(
        "Es wurden Schmerzen von {pain} von 10 gemeldet.",
        "Eine Übung wurde ausgelassen, weil sie unklar ist.",
        "Was hier gemeldet wurde, ist inzwischen berichtigt.",
    ),
    "fr": CardWords(
        "Une douleur de {pain} sur 10 a été signalée.",
        "Un exercice a été sauté parce qu'il n'est pas clair.",
        "Ce qui a été signalé ici a été corrigé depuis.",
    ),
}


def words_of(card: Mapping[str, Any], language: str) -> str:
    """Return what a card says in a language, in English where that is not written."""
    words = WORDS[best_language(WRITTEN, [language])]
    if card["withdrawn"]:
        return words.withdrawn
    if card["type"] == CardKind.PAIN_ALERT:
        return words.pain_alert.format(pain=card["pain"])
    return words.skip_unclear
