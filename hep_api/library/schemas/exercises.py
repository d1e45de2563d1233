"""Exercises in JSON, in and out."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.dosing.schemas import AsStored, DoseIn, DoseOut, ScheduleIn, ScheduleOut
from hep_api.foundation.web.fields import Choice, Id, Several, Text, Whole
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.library.vocabulary import BodyRegion, Difficulty, Equipment, Goal, Joint, Position, Scope

WRITABLE_SCOPES = (Scope.DRAFT.value, Scope.CLINIC.value)


def _lines(most: int, least: int = 0) -> Several:
    if least:
        return Several(Text(most=1000), least=least, most=most, required=True)
    return Several(Text(most=1000), most=most, load_default=list)


def _short_texts() -> Several:
    return Several(Text(most=60), most=20, load_default=list)


class ExerciseContentIn(In):
    """How to do one movement, whoever wrote it."""

    name = Text(most=120, required=True)
    summary = Text(least=0, most=500, load_default="")
    steps = _lines(least=1, most=30)
    cues = _lines(10)
    mistakes = _lines(10)
    precautions = _lines(10)
    contraindications = _lines(10)
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

    @validates_schema
    def refuse_repeated_words(self, data: dict[str, Any], **_: Any) -> None:
        for field in ("joints", "goals", "equipment", "tags", "synonyms"):
            if len(set(data[field])) < len(data[field]):
                raise ValidationError({field: [Broken("repeated", "Name each one once.")]})


class ExerciseIn(ExerciseContentIn):
    """An exercise of one's own: a draft for oneself, or for the whole clinic."""

    id = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "made by the client; sent again with the same content it gives the same answer"},
    )
    scope = Choice(Scope, load_default=Scope.DRAFT, metadata={"enum": list(WRITABLE_SCOPES)})

    @validates_schema
    def refuse_the_starter_shelf(self, data: dict[str, Any], **_: Any) -> None:
        if data["scope"] is Scope.STARTER:
            words = "Must be one of: draft, clinic. The starter set is read only."
            raise ValidationError({"scope": [Broken("choice", words)]})


class ExerciseSummaryOut(Out):
    """An exercise in a list: enough to choose it and to prescribe it as usual."""

    id = fields.UUID()
    scope = Choice(Scope)
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
    source = fields.String(metadata={"description": "starter, own, or the name of the collection it was imported from"})
    source_key = fields.String(allow_none=True, metadata={"description": "its name in that collection"})
    licence = fields.String(metadata={"description": "SPDX identifier; empty where nothing was said"})
    created_at = fields.AwareDateTime()
