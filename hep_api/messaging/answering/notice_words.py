"""What patients are told by the clinic's system, in every language that the product writes itself and that a clinic has
written. Who reads comes first: the clinic's words in the reader's language, else the product's; then in the clinic's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from hep_api.foundation.languages import FALLBACK, WRITTEN, best_language

LINE, OPENS_AT = "{emergency_line}", "{opens_at}"


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language."""

    closed: str
    opens: str
    call: str
    call_without_line: str
    emergency: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        closed="Thank you for your message. We are closed at the moment and will read it when we are back.",
        opens="We open again on {opens_at}.",
        call="In an emergency call {emergency_line}.",
        call_without_line="In an emergency call the emergency number of your country.",
        emergency="What you told us may need help at once. Do not wait for our answer. We have been alerted too.",
    ),
    "es": Words(
        closed="Gracias por su mensaje. Ahora está cerrado; lo leeremos cuando volvamos.",
        opens="Abrimos de nuevo el {opens_at}.",
        call="En caso de emergencia llame al {emergency_line}.",
        call_without_line="En caso de emergencia llame al número de emergencias de su país.",
        emergency="Lo que nos ha contado puede necesitar ayuda inmediata. No espere a nuestra respuesta. "
        "También se nos ha avisado.",
    ),
    "de": Words(
        closed="Danke für Ihre Nachricht. Wir haben gerade geschlossen und lesen sie, wenn wir wieder da sind.",
        opens="Wir öffnen wieder am {opens_at}.",
        call="Im Notfall rufen Sie {emergency_line} an.",
        call_without_line="Im Notfall rufen Sie die Notrufnummer Ihres Landes an.",
        emergency="Was Sie uns gesagt haben, braucht vielleicht sofort Hilfe. Warten Sie nicht auf unsere Antwort. "
        "Auch wir sind benachrichtigt.",
    ),
    "fr": Words(
        closed="Merci pour votre message. Le cabinet est fermé en ce moment ; nous le lirons à notre retour.",
        opens="Nous rouvrons le {opens_at}.",
        call="En cas d'urgence, appelez le {emergency_line}.",
        call_without_line="En cas d'urgence, appelez le numéro d'urgence de votre pays.",
        emergency="Ce que vous nous avez dit demande peut-être une aide immédiate. N'attendez pas notre réponse. "
        "Nous avons aussi été prévenus.",
    ),
}


def out_of_hours_words(
    own: Mapping[str, str], languages: tuple[str, str], opens_at: datetime | None, zone: str, line: str | None
) -> str:
    """Return what somebody is told who writes while it is closed: when it opens, and whom to call in an emergency.

    `languages` are the reader's and the clinic's; `own` the clinic's texts by language.
    """
    text, language = _chosen(own, languages)
    words = _words(language)
    opens = _moment(opens_at, zone, language) if opens_at else None
    if text is None:
        text = words.closed if opens is None else f"{words.closed} {words.opens}"
    return _with_line(text.replace(OPENS_AT, opens or "..."), words, line)


def emergency_words(own: Mapping[str, str], languages: tuple[str, str], line: str | None) -> str:
    """Return what somebody is told at once whose words or pain are a red flag; `languages` and `own` as above."""
    text, language = _chosen(own, languages)
    words = _words(language)
    return _with_line(words.emergency if text is None else text, words, line)


def _chosen(own: Mapping[str, str], languages: tuple[str, str]) -> tuple[str | None, str]:
    """Return the clinic's text, None for the product's own, and in which language."""
    for language in languages:
        for there in (own, WRITTEN):
            found = best_language(there, (language,), "")
            if found:
                return own.get(found) if there is own else None, found
    return None, FALLBACK


def _words(language: str) -> Words:
    return WORDS[best_language(WRITTEN, (language,))]


def _with_line(text: str, words: Words, line: str | None) -> str:
    """Fill in whom to call, or say it behind a text that does not."""
    if LINE in text and line is not None:
        return text.replace(LINE, line)
    call = words.call_without_line if line is None else words.call.replace(LINE, line)
    return f"{text.replace(LINE, '...')}\n\n{call}"


def _moment(at: datetime, zone: str, language: str) -> str:
    """Return a date and a time of day as people of a language write them, by the clinic's clock."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale(FALLBACK)
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'full', locale=locale)}, {format_time(local, 'short', locale=locale)}"
