"""The query of the search."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Text, WholeInQuery, one_of
from hep_api.foundation.web.schemas import PageQuery
from hep_api.library.vocabulary import BodyRegion, Difficulty, Equipment, Goal, Position, Scope

NOTHING_NEEDED = "none"


class ExerciseQuery(PageQuery):
    """A search: words and filters; all of them have to fit."""

    q = Text(
        least=0,
        most=200,
        load_default="",
        metadata={"description": "words, beginnings of words, misspelt words, synonyms"},
    )
    body_region = Choice(BodyRegion, load_default=None)
    position = Choice(Position, load_default=None)
    equipment = fields.String(
        load_default=None,
        validate=one_of([NOTHING_NEEDED, *(item.value for item in Equipment)]),
        metadata={"description": "needs this; `none`: needs nothing at all"},
    )
    goal = Choice(Goal, load_default=None)
    difficulty = Choice(Difficulty, load_default=None)
    sides = WholeInQuery(least=1, most=2, load_default=None)
    scope = Choice(Scope, load_default=None)
