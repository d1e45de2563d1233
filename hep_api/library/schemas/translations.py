"""Translations of an exercise in JSON, in and out."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Several, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out

NONE_OR_AS_MANY = "none, and the exercise's own are read, or as many as it has"


def lines(most: int, **metadata: str) -> Several:
    return Several(Text(most=1000), most=most, load_default=list, metadata=metadata)


class TranslationIn(In):
    """An exercise's texts in another language; as many steps as the exercise itself has.

    What is left empty is read in the exercise's own language.
    """

    name = Text(most=120, required=True)
    summary = Text(least=0, most=500, load_default="")
    steps = Several(Text(most=1000), most=30, required=True)
    cues = lines(10)
    mistakes = lines(10)
    precautions = lines(10, description=NONE_OR_AS_MANY)
    contraindications = lines(10, description=NONE_OR_AS_MANY)
    synonyms = Several(Text(most=60), most=20, load_default=list)
    author = Text(least=0, most=200, load_default="", metadata={"description": "who translated it"})

    @validates_schema
    def refuse_repeated_synonyms(self, data: dict[str, Any], **_: Any) -> None:
        synonyms = data.get("synonyms", [])
        if len(set(synonyms)) < len(synonyms):
            raise ValidationError({"synonyms": [Broken("repeated", "Name each one once.")]})


class TranslationOut(Out):
    """The texts in one language."""

    language = fields.String()
    is_own = fields.Boolean(metadata={"description": "the language that the exercise itself is written in"})
    outdated = fields.Boolean(metadata={"description": "the exercise's own texts were changed since"})
    name = fields.String()
    summary = fields.String()
    steps = fields.List(fields.String())
    cues = fields.List(fields.String())
    mistakes = fields.List(fields.String())
    precautions = fields.List(fields.String())
    contraindications = fields.List(fields.String())
    synonyms = fields.List(fields.String())
    author = fields.String()


class TranslationsOut(Out):
    """An exercise's texts in all its languages, its own first."""

    id = fields.UUID(metadata={"description": "the exercise"})
    version = fields.Integer(metadata={"description": "of the exercise; each change of a translation is one of it"})
    items = fields.List(fields.Nested(TranslationOut))
