"""What somebody wishes of a handout: language, weeks, paper, size of type, the name on it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from hep_api.integrations.languages import Language

MOST_WEEKS = 12
USUAL_WEEKS = 4


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """`from_on` None is the patient's today, or the plan's first day if that is still to come; `weeks` 0: no table.

    Without `name` the handout shows initials only: paper lies about.
    """

    language: Language
    weeks: int = USUAL_WEEKS
    paper: Paper = Paper.A4
    large: bool = False
    name: bool = False
    from_on: date | None = None

    @property
    def locale(self) -> str:
        """Whose dates are written: English on Letter is American."""
        if self.language is Language.ENGLISH:
            return "en_US" if self.paper is Paper.LETTER else "en_GB"
        return self.language.value

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "from_on": self.from_on and self.from_on.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        said = {**data, "language": Language(data["language"]), "paper": Paper(data["paper"])}
        return cls(**{**said, "from_on": date.fromisoformat(data["from_on"]) if data["from_on"] else None})
