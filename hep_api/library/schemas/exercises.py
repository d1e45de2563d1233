"""Exercises in JSON, in and out."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from marshmallow import ValidationError, fields, missing, validates_schema

from hep_api.dosing.schemas import AsStored, DoseIn, DoseOut, ScheduleIn, ScheduleOut
from hep_api.foundation.languages import FALLBACK
from hep_api.foundation.web import strict_values
from hep_api.foundation.web.fields import Choice, Id, Several, Text, Whole
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.foundation.web.strict_values import refusal
from hep_api.library.linking import EASIER, HARDER, LINK_LISTS
from hep_api.library.models.exercises import OWN_SOURCE
from hep_api.library.schemas.showing import MediaEntryOut
from hep_api.library.schemas.translations import lines
from hep_api.library.vocabulary import BodyRegion, Difficulty, Equipment, Goal, Joint, Position, Scope

MOST_LINKS = 20
# Printable ASCII without what would end an attribute of a page.
WEB_ADDRESS = re.compile(r"https?://[!#-&(-;=?-\[\]_a-z~]{1,490}")
WRITABLE_SCOPES = (Scope.DRAFT.value, Scope.CLINIC.value)


class OwnScope(Choice):
    """A scope that a practitioner writes in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Scope, metadata={"enum": list(WRITABLE_SCOPES)}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if value == Scope.STARTER:
            raise refusal("choice", "Must be one of: draft, clinic. The starter set is read only.")
        return super()._deserialize(value, attr, data, **kwargs)


class Address(fields.String):
    """The address of a web page."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not WEB_ADDRESS.fullmatch(strict_values.text(value)):
            raise refusal("url", "Must be the address of a web page, of 500 characters at most.")
        return str(value)


def refuse_contradicting_links(data: Mapping[str, Any]) -> None:
    """Raise ValidationError for a link that stands twice in a list, or in the lists of easier and of harder ones."""
    for which in LINK_LISTS:
        for place, linked in enumerate(data.get(which, ())):
            if linked in data[which][:place]:
                raise ValidationError({which: {place: [Broken("repeated", "Name each one once.")]}})
            if which == HARDER and linked in data.get(EASIER, ()):
                raise ValidationError({which: {place: [Broken("both_ways", "It is easier already, not harder too.")]}})


def _short_texts() -> Several:
    return Several(Text(most=60), most=20, load_default=list)


def _links() -> Several:
    return Several(Id(), most=MOST_LINKS, load_default=list, metadata={"description": "ids of exercises"})


def _refuse_repeated(data: Mapping[str, Any]) -> None:
    for field in ("joints", "goals", "equipment", "tags", "synonyms"):
        said = data.get(field, ())
        if len(set(said)) < len(said):
            raise ValidationError({field: [Broken("repeated", "Name each one once.")]})


def _client_made_id() -> Id:
    words = "made by the client; sent again with the same content it gives the same answer"
    return Id(load_default=None, allow_none=True, metadata={"description": words})


class ExerciseContentIn(In):
    """How to do one movement, whoever wrote it."""

    name = Text(most=120, required=True)
    summary = Text(least=0, most=500, load_default="")
    steps = Several(Text(most=1000), least=1, most=30, required=True)
    cues = lines(10)
    mistakes = lines(10)
    precautions = lines(10)
    contraindications = lines(10)
    body_region = Choice(BodyRegion, required=True)
    joints = Several(Choice(Joint), most=18, load_default=list)
    goals = Several(Choice(Goal), most=12, load_default=list)
    position = Choice(Position, load_default=None, allow_none=True)
    equipment = Several(Choice(Equipment), most=10, load_default=list)
    sides = Whole(least=1, most=2, load_default=1)
    difficulty = Choice(Difficulty, load_default=Difficulty.MODERATE)
    default_dose = fields.Nested(DoseIn, load_default=None, allow_none=True)
    default_schedule = fields.Nested(ScheduleIn, load_default=None, allow_none=True)
    tags = _short_texts()
    synonyms = _short_texts()
    language = Language(load_default=FALLBACK, metadata={"description": "of these texts"})
    author = Text(least=0, most=200, load_default="", metadata={"description": "whom the texts are credited to"})
    source_url = Address(load_default=None, allow_none=True)

    @validates_schema
    def refuse_repeated_words(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_repeated(data)


class ExerciseIn(ExerciseContentIn):
    """An exercise of one's own: a draft for oneself, or for the whole clinic."""

    id = _client_made_id()
    scope = OwnScope(load_default=Scope.DRAFT)
    source = Text(most=200, load_default=OWN_SOURCE, metadata={"description": "where the texts come from"})
    licence = Text(least=0, most=100, load_default="", metadata={"description": "SPDX identifier, or words"})
    easier = _links()
    harder = _links()
    alternatives = _links()

    @validates_schema
    def refuse_links_that_contradict(self, data: dict[str, Any], **_: Any) -> None:
        refuse_contradicting_links(data)


def _left_out_it_stays(field: fields.Field[Any]) -> fields.Field[Any]:
    changed = deepcopy(field)
    changed.required, changed.load_default = False, missing
    return changed


_OWN_FIELDS: Any = In.from_dict(
    {name: _left_out_it_stays(field) for name, field in ExerciseIn().declared_fields.items() if name != "id"},
    name="OwnFields",
)


class ExerciseChangesIn(_OWN_FIELDS):  # type: ignore[misc]
    """What changes of an exercise of one's own; what is left out stays. Lists are replaced as a whole."""

    @validates_schema
    def refuse_repeated_words(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_repeated(data)

    @validates_schema
    def refuse_links_that_contradict(self, data: dict[str, Any], **_: Any) -> None:
        refuse_contradicting_links(data)


class ExerciseCopyIn(In):
    """A copy: a draft for oneself, or for the whole clinic."""

    id = _client_made_id()
    scope = OwnScope(load_default=Scope.DRAFT)
    name = Text(most=120, load_default=None, allow_none=True, metadata={"description": "the original's when left out"})


class ExerciseSummaryOut(Out):
    """An exercise in a list: enough to choose it and to prescribe it as usual."""

    id = fields.UUID()
    scope = Choice(Scope)
    language = fields.String(metadata={"description": "of the texts shown here"})
    languages = fields.List(fields.String(), metadata={"description": "in which there are texts"})
    name = fields.String()
    summary = fields.String()
    body_region = Choice(BodyRegion)
    goals = fields.List(Choice(Goal))
    position = Choice(Position, allow_none=True)
    equipment = fields.List(Choice(Equipment))
    sides = fields.Integer()
    difficulty = Choice(Difficulty)
    default_dose = AsStored(DoseOut, allow_none=True)
    default_schedule = AsStored(ScheduleOut, allow_none=True)
    archived_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class CopiedFromOut(Out):
    exercise_id = fields.UUID()
    version = fields.Integer()


class LinkedExerciseOut(Out):
    id = fields.UUID()
    name = fields.String()


class ExerciseOut(ExerciseSummaryOut):
    """An exercise in full, with what leads up to it and on from it."""

    steps = fields.List(fields.String())
    cues = fields.List(fields.String())
    mistakes = fields.List(fields.String())
    precautions = fields.List(fields.String())
    contraindications = fields.List(fields.String())
    joints = fields.List(Choice(Joint))
    tags = fields.List(fields.String())
    synonyms = fields.List(fields.String())
    easier = fields.List(fields.Nested(LinkedExerciseOut))
    harder = fields.List(fields.Nested(LinkedExerciseOut))
    alternatives = fields.List(fields.Nested(LinkedExerciseOut))
    author_id = fields.UUID(allow_none=True, metadata={"description": "the member who wrote it, if one did"})
    author = fields.String(metadata={"description": "whom the texts are credited to"})
    source = fields.String(metadata={"description": "starter, own, or where the texts come from"})
    source_key = fields.String(allow_none=True, metadata={"description": "its name in that collection"})
    source_url = fields.String(allow_none=True)
    licence = fields.String(metadata={"description": "SPDX identifier, or words; empty where nothing was said"})
    media = fields.List(AsStored(MediaEntryOut), metadata={"description": "pictures and videos; the drawing is last"})
    copied_from = fields.Nested(CopiedFromOut, allow_none=True)
    created_at = fields.AwareDateTime()
