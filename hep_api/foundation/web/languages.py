"""Languages as clients name them: a BCP 47 tag of one or two parts, as "de" or "pt-BR"."""

from typing import Any

from marshmallow import fields

from hep_api.foundation.errors import invalid_field
from hep_api.foundation.languages import TAG
from hep_api.foundation.web import strict_values
from hep_api.foundation.web.strict_values import refusal

RULE, WORDS = "language", "Must be a language such as de or pt-BR."


class Language(fields.String):
    """A language in a body."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not TAG.fullmatch(strict_values.text(value)):
            raise refusal(RULE, WORDS)
        return str(value)


def language_in_path(language: str) -> str:
    """Return the language that an address names; 422 for what is none."""
    if not TAG.fullmatch(language):
        raise invalid_field("/language", RULE, WORDS)
    return language
