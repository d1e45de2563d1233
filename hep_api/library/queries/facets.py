"""How much there is of each kind: every facet counted under the words and all filters but its own, in one pass.

A row that fits all filters counts in every facet; one that misses a single filter counts in that filter's facet only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY, array

from hep_api.library.models.words import ExerciseCard
from hep_api.library.vocabulary import NOTHING_NEEDED

AnySelect = Select[*tuple[Any, ...]]

# The columns of `ExerciseCard` by the filters that ask for them.
PLAIN = {
    "body_region": ExerciseCard.body_region,
    "position": ExerciseCard.position,
    "difficulty": ExerciseCard.difficulty,
    "sides": ExerciseCard.sides,
    "scope": ExerciseCard.scope,
}
LISTS = {
    "joint": ExerciseCard.joints,
    "goal": ExerciseCard.goals,
    "equipment": ExerciseCard.equipment,
    "tag": ExerciseCard.tags,
}
COUNTED = {**PLAIN, **LISTS}
MOST_VALUES_SHOWN = 50
TOTAL = "total"


def conditions(asked: Mapping[str, Any]) -> dict[str, ColumnElement[bool]]:
    """Return what each asked filter demands of a card, by the filter's name."""
    plain = {name: func.coalesce(column.in_(asked[name]), False) for name, column in PLAIN.items() if asked[name]}
    lists = {name: _has_any(name, asked[name]) for name in LISTS if asked[name]}
    return {**plain, **lists}


def _has_any(name: str, values: Sequence[Any]) -> ColumnElement[bool]:
    words = [str(getattr(value, "value", value)) for value in values]
    overlap: ColumnElement[bool] = _listed(name, COUNTED[name]).bool_op("&&")(literal(words, ARRAY(SqlText)))
    return overlap


def _listed(name: str, column: Any) -> Any:
    """Return a list as it is filtered and counted: what needs no equipment has the word for nothing."""
    if name != "equipment":
        return column
    return case((func.cardinality(column) == 0, array([NOTHING_NEEDED], type_=SqlText)), else_=column)


def missed(demands: Mapping[str, ColumnElement[bool]]) -> ColumnElement[Any]:
    """Return the SQL of the first filter that a card misses, by name; null when it fits all."""
    return case(*((~fits, name) for name, fits in demands.items()), else_=None) if demands else cast(None, SqlText)


def misses(demands: Mapping[str, ColumnElement[bool]]) -> ColumnElement[int]:
    """Return the SQL of how many filters a card misses."""
    return sum((case((fits, 0), else_=1) for fits in demands.values()), start=literal(0))


def counts_of(candidates: CTE) -> Subquery:
    """Return one row whose `counts` are triples of facet, value and number; of `TOTAL` there is one."""
    columns = [candidates.c[name] for name in COUNTED]
    grouped = (
        select(candidates.c.missed, *columns, func.grouping(*columns).label("others"), func.count().label("number"))
        .group_by(func.grouping_sets(*(tuple_(candidates.c.missed, column) for column in columns)))
        .cte("grouped")
    )
    every = union_all(*(_values(grouped, name) for name in COUNTED), _total(grouped)).subquery()
    triple = func.jsonb_build_array(every.c.facet, every.c.value, every.c.number)
    return select(func.jsonb_agg(triple).label("counts")).subquery("counted")


def _values(grouped: CTE, name: str) -> AnySelect:
    column = grouped.c[name]
    value = func.unnest(_listed(name, column)) if name in LISTS else cast(column, SqlText)
    own = or_(grouped.c.missed.is_(None), grouped.c.missed == name)
    rows = select(value.label("value"), grouped.c.number).where(_grouped_by(grouped, name), own).subquery()
    number = cast(func.sum(rows.c.number), BigInteger).label("number")
    counted = select(literal(name).label("facet"), rows.c.value, number).where(rows.c.value.is_not(None))
    return counted.group_by(rows.c.value)


def _total(grouped: CTE) -> AnySelect:
    number = cast(func.coalesce(func.sum(grouped.c.number), 0), BigInteger)
    fitting = _grouped_by(grouped, next(iter(COUNTED))) & grouped.c.missed.is_(None)
    return select(literal(TOTAL), literal(""), number).where(fitting)


def _grouped_by(grouped: CTE, name: str) -> ColumnElement[bool]:
    """Say whether a row of the grouping sets is of this facet's: GROUPING sets a bit for each column but that one."""
    place = list(COUNTED).index(name)
    others: ColumnElement[bool] = grouped.c.others == (2 ** len(COUNTED) - 1) - 2 ** (len(COUNTED) - 1 - place)
    return others


def shown(counts: Sequence[tuple[str, str, int]]) -> dict[str, list[dict[str, Any]]]:
    """Return the facets in JSON: values with their numbers, the most frequent first."""
    facets: dict[str, list[dict[str, Any]]] = {name: [] for name in COUNTED}
    for facet, value, number in sorted(counts, key=lambda count: (-count[2], count[1])):
        if facet != TOTAL and len(facets[facet]) < MOST_VALUES_SHOWN:
            facets[facet].append({"value": value, "count": number})
    return facets


def total(counts: Sequence[tuple[str, str, int]]) -> int:
    """Return how many fit all filters."""
    return sum(number for facet, _, number in counts if facet == TOTAL)
