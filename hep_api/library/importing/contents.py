"""An exercise as a file of ours says it: its content in every language, where it comes from, and what it points to."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Several, Text
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.library import shelving
from hep_api.library.linking import LINK_LISTS
from hep_api.library.schemas.exercises import MOST_LINKS, ExerciseContentIn
from hep_api.library.schemas.translations import TranslationIn
from hep_api.library.translating import wrong_number

MOST_LANGUAGES = 30
LONGEST_KEY = 120


def _keys() -> Several:
    return Several(Text(most=LONGEST_KEY), most=MOST_LINKS, load_default=list)


class ImportedExerciseIn(ExerciseContentIn):
    """One entry of a file; what it points to is named by keys of the file, or by ids of starter exercises."""

    key = Text(most=LONGEST_KEY, required=True)
    licence = Text(least=0, most=100, load_default="")
    translations = fields.Dict(keys=Language(), values=fields.Nested(TranslationIn), load_default=dict)
    easier = _keys()
    harder = _keys()
    alternatives = _keys()

    @validates_schema(skip_on_field_errors=True)
    def refuse_unreadable_translations(self, data: dict[str, Any], **_: Any) -> None:
        for language, texts in data["translations"].items():
            if language == data["language"]:
                raise ValidationError(
                    {"translations": {language: [Broken("own_language", "It is the exercise's own.")]}}
                )
            if wrong := wrong_number(texts, data):
                field, words = wrong
                raise ValidationError({"translations": {language: {field: [Broken("as_many", words)]}}})
        if len(data["translations"]) > MOST_LANGUAGES:
            raise ValidationError({"translations": [Broken("length", f"At most {MOST_LANGUAGES} languages.")]})


def content_from(loaded: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of an entry, in plain JSON types; the links beside it, by key."""
    return {
        **shelving.content_of(loaded),
        "licence": loaded["licence"],
        "translations": loaded["translations"],
        **{which: loaded[which] for which in LINK_LISTS},
    }
