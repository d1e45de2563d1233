"""Our own file of exercises, which the export writes: everything that an exercise says, in every language."""

from typing import Any

from marshmallow import ValidationError

from hep_api.foundation.web.refusals import problem_from
from hep_api.library.importing.contents import ImportedExerciseIn, content_from
from hep_api.library.importing.problems import Collected
from hep_api.library.queries.taking_along import FORMAT, VERSION

SOURCE = "hep-api"


def exercises_of(parsed: Any) -> list[Any] | None:
    """Return the entries of a file; None when it is no file of this format, or of a newer version of it."""
    if not isinstance(parsed, dict) or (parsed.get("format"), parsed.get("version")) != (FORMAT, VERSION):
        return None
    entries = parsed.get("exercises")
    return entries if isinstance(entries, list) else None


def collect(entries: list[Any]) -> Collected:
    """Return the contents; a wrong entry is noted and holds up no other."""
    found = Collected(read=len(entries))
    for number, entry in enumerate(entries, start=1):
        try:
            loaded = ImportedExerciseIn().load(entry)
        except ValidationError as error:
            found.refuse(number, entry, problem_from(error).errors)
            continue
        found.take(number, loaded["key"], content_from(loaded))
    return found
