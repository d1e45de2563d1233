"""Which phrasebook serves a language."""

from collections.abc import Mapping

from hep_api.integrations.handouts.phrases.english import ENGLISH
from hep_api.integrations.handouts.phrases.french import FRENCH
from hep_api.integrations.handouts.phrases.german import GERMAN
from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook
from hep_api.integrations.handouts.phrases.spanish import SPANISH
from hep_api.integrations.languages import Language

PHRASEBOOKS: Mapping[Language, Phrasebook] = {
    Language.ENGLISH: ENGLISH,
    Language.SPANISH: SPANISH,
    Language.GERMAN: GERMAN,
    Language.FRENCH: FRENCH,
}
