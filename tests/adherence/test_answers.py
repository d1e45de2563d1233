"""The answer to a batch is written without its schema, and in its shape."""

import json
from dataclasses import dataclass
from uuid import UUID

from hep_api.adherence.actions.record import Answer
from hep_api.adherence.judging import Outcome
from hep_api.adherence.schemas.uploads import EventBatchOut, written
from hep_api.foundation.errors import FieldError


@dataclass
class Text:
    text: str
    line: str | None


def test_an_answer_reads_as_the_schema_would_have_written_it() -> None:
    wrong = FieldError("/sets", "range", "Must be a whole number — 0 to 9.")
    outcomes = [
        Answer(0, UUID(int=5), Outcome.APPLIED, None, (wrong, wrong)),
        Answer(1, None, Outcome.REJECTED, wrong, ()),
        *(Answer(place, UUID(int=place), each, None, ()) for place, each in enumerate(Outcome, 2)),
    ]
    for emergency in (None, Text("Call 112.", None)):
        answer = {"outcomes": outcomes, "emergency": emergency}
        assert json.loads(written(outcomes, emergency)) == json.loads(json.dumps(EventBatchOut().dump(answer)))
