"""Messages of refused fields that carry the rule's name, so that a program can tell `range` from `length`."""

from typing import Any


class Broken(str):
    """A message for a person with the rule's stable name on it."""

    rule: str

    def __new__(cls, rule: str, words: str) -> "Broken":
        message = super().__new__(cls, words)
        message.rule = rule
        return message

    def format(self, *args: Any, **kwargs: Any) -> "Broken":
        """Keep the rule when marshmallow fills in its placeholders."""
        return Broken(self.rule, str.format(self, *args, **kwargs))


def rule_of(message: str) -> str:
    """Return the rule's name; marshmallow's own messages are known by their words."""
    if isinstance(message, Broken):
        return message.rule
    return _MARSHMALLOWS_OWN.get(str(message), "invalid")


_MARSHMALLOWS_OWN = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown",
    "Field may not be null.": "null",
    "Invalid input type.": "type",
}
