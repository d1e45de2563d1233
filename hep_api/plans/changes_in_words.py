"""The changes of a plan as a patient reads them, in every language of foundation.languages.WRITTEN.

Names come in the reader's language as far as the exercise has it; doses and schedules are said by dosing.words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.doses import dose_in_words
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.dosing.words.schedules import schedule_in_words
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.plans.comparing import PICTURES, Change, ChangeKind, Json


@dataclass(frozen=True, slots=True)
class Phrases:
    """What a language says of a change: {name}, {before}, {after}."""

    added: str
    dropped: str
    instead: str
    dose_note: str
    texts: str
    pictures: str
    progression: str
    order: str
    note: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        "New: {name}: {after}",
        "No longer: {name}",
        "{name}: {after} instead of {before}",
        "{name}: the note on the dose has changed",
        "{name}: the description has changed",
        "{name}: the pictures have changed",
        "{name}: the rule for the next dose has changed",
        "The exercises come in another order",
        "Note: {after}",
    ),
    "es": Phrases(
        "Nuevo: {name}: {after}",
        "Ya no: {name}",
        "{name}: {after} en lugar de {before}",
        "{name}: ha cambiado la nota sobre la dosis",
        "{name}: ha cambiado la descripción",
        "{name}: han cambiado las imágenes",
        "{name}: ha cambiado la regla para la siguiente dosis",
        "Los ejercicios van en otro orden",
        "Nota: {after}",
    ),
    "de": Phrases(
        "Neu: {name}: {after}",
        "Nicht mehr: {name}",
        "{name}: {after} statt {before}",
        "{name}: der Hinweis zur Dosis hat sich geändert",
        "{name}: die Beschreibung hat sich geändert",
        "{name}: die Bilder haben sich geändert",
        "{name}: die Regel für die nächste Dosis hat sich geändert",
        "Die Übungen kommen in anderer Reihenfolge",
        "Hinweis: {after}",
    ),
    "fr": Phrases(
        "Nouveau\u00a0: {name}\u00a0: {after}",
        "À ne plus faire\u00a0: {name}",
        "{name}\u00a0: {after} au lieu de {before}",
        "{name}\u00a0: la note sur la dose a changé",
        "{name}\u00a0: la description a changé",
        "{name}\u00a0: les images ont changé",
        "{name}\u00a0: la règle pour la dose suivante a changé",
        "Les exercices viennent dans un autre ordre",
        "Note\u00a0: {after}",
    ),
}


def change_in_words(change: Change, name: str, language: str) -> str:
    """Return one line about a change; `name` is the exercise's, as the reader is told it."""
    phrases = PHRASES[best_language(WRITTEN, (language,))]
    before, after = change.before or {}, change.after or {}
    # Filled in by format's arguments, never by its template: names and notes may hold braces.
    match change.kind:
        case ChangeKind.ADDED:
            return phrases.added.format(name=name, after=_prescribed(after, language))
        case ChangeKind.DROPPED:
            return phrases.dropped.format(name=name)
        case ChangeKind.DOSE:
            said = [dose_in_words(Dose.from_json(side["dose"]), language) for side in (before, after)]
            return _instead(phrases, name, *said)
        case ChangeKind.SCHEDULE:
            said = [schedule_in_words(Schedule.from_json(side["schedule"]), language) for side in (before, after)]
            return _instead(phrases, name, *said)
        case ChangeKind.EXERCISE:
            only_pictures = change.fields == (PICTURES,)
            return (phrases.pictures if only_pictures else phrases.texts).format(name=name)
        case ChangeKind.PROGRESSION:
            return phrases.progression.format(name=name)
        case ChangeKind.ORDER:
            return phrases.order
        case ChangeKind.NOTE:
            return phrases.note.format(after=after["note"])


def _prescribed(side: Json, language: str) -> str:
    return prescription_in_words(Dose.from_json(side["dose"]), Schedule.from_json(side["schedule"]), language)


def _instead(phrases: Phrases, name: str, before: str, after: str) -> str:
    """Two doses that read the same differ in their note, which is the clinic's own words."""
    if before == after:
        return phrases.dose_note.format(name=name)
    return phrases.instead.format(name=name, before=before, after=after)
