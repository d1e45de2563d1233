"""Which catalogue of phrases serves a language."""

from collections.abc import Mapping

from hep_api.dosing.words.catalogue import Catalogue
from hep_api.dosing.words.catalogues.english import ENGLISH
from hep_api.dosing.words.catalogues.french import FRENCH
from hep_api.dosing.words.catalogues.german import GERMAN
from hep_api.dosing.words.catalogues.spanish import SPANISH
from hep_api.foundation.languages import WRITTEN, best_language

CATALOGUES: Mapping[str, Catalogue] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}


def catalogue_of(language: str) -> Catalogue:
    """Return the phrases for a tag: "de-AT" is served by German, a language that is not written by English."""
    return CATALOGUES[best_language(WRITTEN, (language,))]
