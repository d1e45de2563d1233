"""The search in JSON: what is asked, what is found, and how much there is of each kind."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.dosing.schemas import AsStored
from hep_api.foundation.web.fields import Choice, FlagInQuery, Several, Text, WholeInQuery, one_of
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import Out, PageQuery
from hep_api.library.schemas.exercises import ExerciseSummaryOut
from hep_api.library.schemas.showing import MediaEntryOut
from hep_api.library.vocabulary import (
    NOTHING_NEEDED,
    BodyRegion,
    Difficulty,
    Equipment,
    Goal,
    Joint,
    Position,
    Scope,
)

# Filters by the vocabulary: several values of one are alternatives, different filters all have to fit.
FACETED = ("body_region", "joint", "goal", "position", "equipment", "difficulty", "sides", "scope", "tag")
MOST_VALUES = 20


class AnyOf(Several):
    """A filter that may be given several times; what is wrong with one of its values is said of the filter."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            raise ValidationError([wrong for each in error.messages.values() for wrong in each][:1]) from None


def _any_of(inner: fields.Field[Any], words: str = "any of these") -> AnyOf:
    metadata = {"many": True, "description": f"{words}; give it several times for several"}
    return AnyOf(inner, most=MOST_VALUES, load_default=list, metadata=metadata)


class ExerciseQuery(PageQuery):
    """A search: words and filters; all of them have to fit. Several values of one filter are alternatives."""

    q = Text(
        least=0,
        most=200,
        load_default="",
        metadata={"description": "words, beginnings of words, misspelt words, synonyms"},
    )
    body_region = _any_of(Choice(BodyRegion))
    joint = _any_of(Choice(Joint))
    goal = _any_of(Choice(Goal))
    position = _any_of(Choice(Position))
    equipment = _any_of(
        fields.String(validate=one_of([NOTHING_NEEDED, *(item.value for item in Equipment)])),
        "needs any of these; `none`: needs nothing at all",
    )
    difficulty = _any_of(Choice(Difficulty))
    sides = _any_of(WholeInQuery(least=1, most=2))
    scope = _any_of(Choice(Scope))
    tag = _any_of(Text(most=60), "has any of these tags, letter for letter")
    favourite = FlagInQuery(load_default=None, metadata={"description": "only your favourites, or only the others"})
    has_video = FlagInQuery(
        load_default=None, metadata={"description": "only what a video shows, or only what none shows"}
    )
    archived = FlagInQuery(
        load_default=False, metadata={"description": "what is in the archive, in place of what is not"}
    )
    facets = FlagInQuery(load_default=False, metadata={"description": "count what there is of each kind, and in all"})

    @validates_schema
    def refuse_repeated_values(self, data: dict[str, Any], **_: Any) -> None:
        for name in FACETED:
            if len(set(data[name])) < len(data[name]):
                raise ValidationError({name: [Broken("repeated", "Name each one once.")]})


class FoundExerciseOut(ExerciseSummaryOut):
    """A hit of a search: enough to choose it and to prescribe it as usual."""

    media = fields.List(
        AsStored(MediaEntryOut),
        metadata={"description": "the first picture, else the first video, else the drawing, if there is any"},
    )
    favourite = fields.Boolean(metadata={"description": "yours"})
    last_used_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "when you last published a plan with it"}
    )


class FacetOut(Out):
    """How many exercises one would see with this value in place of the filter's own."""

    value = fields.String()
    count = fields.Integer()


class FacetsOut(Out):
    """For each filter its values that find something under the words and all other filters, the most frequent first."""

    body_region = fields.List(fields.Nested(FacetOut))
    joint = fields.List(fields.Nested(FacetOut))
    goal = fields.List(fields.Nested(FacetOut))
    position = fields.List(fields.Nested(FacetOut))
    equipment = fields.List(fields.Nested(FacetOut))
    difficulty = fields.List(fields.Nested(FacetOut))
    sides = fields.List(fields.Nested(FacetOut))
    scope = fields.List(fields.Nested(FacetOut))
    tag = fields.List(fields.Nested(FacetOut), metadata={"description": "the fifty most frequent"})


class FoundExercisePageOut(Out):
    """A page of what was found."""

    items = fields.List(fields.Nested(FoundExerciseOut))
    next_cursor = fields.String(allow_none=True)
    total = fields.Integer(allow_none=True, metadata={"description": "how many there are; null without `facets=true`"})
    facets = fields.Nested(FacetsOut, allow_none=True, metadata={"description": "null without `facets=true`"})
