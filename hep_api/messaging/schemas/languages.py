"""What a clinic writes in several languages: an object whose keys are languages' tags."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from hep_api.foundation.languages import TAG
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.strict_values import refusal

MOST_LANGUAGES = 10
NAMED_AT_MOST = 64


class ByLanguage(fields.Dict):
    """The same in one to ten languages, each read by `inner`; a refusal names the language and what is in it."""

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        metadata = {"minProperties": 1, "maxProperties": MOST_LANGUAGES, **kwargs.pop("metadata", {})}
        super().__init__(keys=fields.String(), values=inner, metadata=metadata, **kwargs)
        self.inner = inner

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refusal("type", "Must be an object.")
        if not 1 <= len(value) <= MOST_LANGUAGES:
            raise refusal("length", f"Must be in 1 to {MOST_LANGUAGES} languages.")
        loaded, refused = {}, {}
        for tag, said in value.items():
            try:
                loaded[_known(tag)] = self.inner.deserialize(said, attr, data, **kwargs)
            except ValidationError as error:
                refused[str(tag)[:NAMED_AT_MOST]] = error.messages
        if refused:
            raise ValidationError(refused)
        return loaded


def refuse_without_own(data: Mapping[str, Any], *names: str) -> None:
    """Raise ValidationError for each of these fields that lacks the `language` which it is all written in."""
    lacking = {name: data[name] for name in names if data[name] is not None and data["language"] not in data[name]}
    if lacking:
        words = f"Must be there in {data['language']}, the language that it is written in."
        raise ValidationError({name: {data["language"]: [Broken("required", words)]} for name in lacking})


def _known(tag: str) -> str:
    if not TAG.fullmatch(tag):
        raise ValidationError([Broken("language", "Must be a language tag such as de or pt-BR.")])
    return tag
