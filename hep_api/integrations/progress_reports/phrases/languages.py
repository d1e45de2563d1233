"""Which phrasebook serves a language."""

from collections.abc import Mapping

from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports.phrases.english import ENGLISH
from hep_api.integrations.progress_reports.phrases.french import FRENCH
from hep_api.integrations.progress_reports.phrases.german import GERMAN
from hep_api.integrations.progress_reports.phrases.phrasebook import Phrasebook
from hep_api.integrations.progress_reports.phrases.spanish import SPANISH

PHRASEBOOKS: Mapping[Language, Phrasebook] = {
    Language.ENGLISH: ENGLISH,
    Language.SPANISH: SPANISH,
    Language.GERMAN: GERMAN,
    Language.FRENCH: FRENCH,
}
LOCALES: Mapping[Language, str] = {
    Language.ENGLISH: "en_GB",
    Language.SPANISH: "es",
    Language.GERMAN: "de",
    Language.FRENCH: "fr",
}
