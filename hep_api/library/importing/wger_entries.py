"""The shape of wger's entries, as its API lists them; what we have no use for is passed over."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load

from hep_api.foundation.web.fields import Several, Text


def _text(most: int) -> Text:
    return Text(least=0, most=most, lines=True, load_default="", allow_none=True)


class _Lenient(Schema):
    class Meta:
        unknown = EXCLUDE


class NumberedIn(_Lenient):
    """A word of the format: its number there, and its name."""

    id = fields.Integer(strict=True, required=True)
    name = _text(200)


class LicenceIn(_Lenient):
    id = fields.Integer(strict=True, required=True)
    short_name = _text(60)


class AliasIn(_Lenient):
    alias = _text(200)


class CommentIn(_Lenient):
    comment = _text(2000)


class TextsIn(_Lenient):
    """The texts of an exercise in one language."""

    name = Text(most=120, required=True)
    description = _text(40_000)
    language = fields.Integer(strict=True, required=True)
    license_author = _text(2000)
    aliases = Several(fields.Nested(AliasIn), most=100, load_default=list)
    notes = Several(fields.Nested(CommentIn), most=100, load_default=list)

    @pre_load
    def number_the_language(self, data: Any, **_: Any) -> Any:
        """Older versions name the language by its number, newer ones by an object."""
        language = data.get("language") if isinstance(data, dict) else None
        return {**data, "language": language.get("id")} if isinstance(language, dict) else data


class WgerExerciseIn(_Lenient):
    """One exercise with its texts in all languages."""

    uuid = fields.UUID(required=True)
    category = fields.Nested(NumberedIn, required=True)
    muscles = Several(fields.Nested(NumberedIn), most=30, load_default=list)
    muscles_secondary = Several(fields.Nested(NumberedIn), most=30, load_default=list)
    equipment = Several(fields.Nested(NumberedIn), most=30, load_default=list)
    license = fields.Nested(LicenceIn, load_default=None, allow_none=True)
    license_author = _text(2000)
    translations = Several(fields.Nested(TextsIn), least=1, most=100, required=True)

    @pre_load
    def name_the_texts(self, data: Any, **_: Any) -> Any:
        """Older versions called the translations `exercises`."""
        if isinstance(data, dict) and "translations" not in data and "exercises" in data:
            return {**data, "translations": data["exercises"]}
        return data
