"""What an import has to say about single entries: numbered as the file counts them, each with its field and rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hep_api.foundation.errors import FieldError

LONGEST_NAME_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with, or worth knowing of, the entry with this number; the first has 1.

    `field` is a JSON pointer into the entry, or the column of a table; empty where it is about the whole.
    """

    number: int
    name: str
    field: str
    rule: str
    words: str
    refused: bool


@dataclass(slots=True)
class Collected:
    """What a file holds: contents and their numbers by their key in the source, how many entries were read, and what to
    say of them.
    """

    read: int = 0
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def take(self, number: int, key: str, content: dict[str, Any]) -> None:
        """Keep a content; one whose key stands in the file already is refused."""
        if key in self.contents:
            words = f"The key {key} stands twice in the file."
            self.notes.append(Note(number, content["name"], "", "repeated", words, refused=True))
            return
        self.contents[key] = content
        self.numbers[key] = number
        if not content["steps"]:
            self.remark(number, content["name"], "no_instructions", "comes without instructions")

    def remark(self, number: int, name: str, rule: str, words: str) -> None:
        """Say something about an entry that is taken all the same."""
        self.notes.append(Note(number, name, "", rule, words, refused=False))

    def refuse(self, number: int, entry: Any, errors: Sequence[FieldError]) -> None:
        """Say why an entry is not taken."""
        self.notes.extend(_refusals(number, entry, errors))


def _refusals(number: int, entry: Any, errors: Sequence[FieldError]) -> Iterator[Note]:
    name = entry.get("name") if isinstance(entry, dict) else None
    for error in errors:
        yield Note(number, _shown(name), error.field.removeprefix("/"), error.rule, error.detail, refused=True)


def _shown(name: object) -> str:
    if not isinstance(name, str) or not name:
        return "without a name"
    # It was refused, so it may hold anything, also what would command the reader's terminal.
    return (name if name.isprintable() else ascii(name))[:LONGEST_NAME_SHOWN]
