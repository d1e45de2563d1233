"""Which exercises a search finds and in what order, as one SQL statement over the few thousand rows that one sees.

Every asked word has to be found, as it stands, as a beginning, or by its stem. A word that no name, synonym, tag or
topic on the shelves begins with counts as misspelt, and only then its near misspellings are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, and_, any_, case, cast, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from hep_api.library.models.exercises import Exercise
from hep_api.library.words import asked_words, folded, near_spellings

MOST_WORDS = 8

# Points of one word by where it is found; `searched` says what the ranks A to D are.
FOUND = {"A": 10, "B": 7, "C": 5, "D": 1}
KNOWN_FROM = FOUND["C"]
FOUND_NEAR = {"A": 6, "B": 5, "C": 3}

# And once for the whole query: it is the name, a synonym, or how the name begins.
IS_NAME, IS_SYNONYM, BEGINS_NAME = 32, 16, 8


@dataclass(frozen=True, slots=True)
class Match:
    """What of the searched shelves is found, and how good a hit each row is; joined to `Exercise` by its key."""

    rows: Subquery
    found: ColumnElement[bool]
    points: ColumnElement[int]


def match_of(query: str, visible: ColumnElement[bool]) -> Match:
    """Return the match of a query among the exercises that are `visible`; a query without a word finds nothing."""
    words = asked_words(query, MOST_WORDS)
    judged = _judged(words, folded(query), visible)
    found: list[ColumnElement[bool]] = []
    points: ColumnElement[int] = judged.c.whole
    for place, word in enumerate(words):
        direct, known = judged.c[f"direct_{place}"], judged.c[f"known_{place}"]
        near = _points_near(judged, word)
        found.append(or_(direct > 0, and_(~known, near > 0)))
        points = points + case((direct > 0, direct), else_=near)
    return Match(judged, and_(*found) if found else false(), points)


def _judged(words: Sequence[str], whole: str, visible: ColumnElement[bool]) -> Subquery:
    """Return the visible rows with each word's points, and whether the word is known anywhere on the shelves."""
    direct = [_points_direct(word).label(f"direct_{place}") for place, word in enumerate(words)]
    key = (Exercise.clinic_id, Exercise.id, Exercise.near)
    rows = select(*key, _points_whole(whole).label("whole"), *direct).where(visible).subquery()
    known = [
        (func.max(rows.c[f"direct_{place}"]).over() >= KNOWN_FROM).label(f"known_{place}")
        for place in range(len(words))
    ]
    return select(rows, *known).subquery()


def _points_direct(word: str) -> ColumnElement[int]:
    in_rank = ((_has_beginning(word, rank), points) for rank, points in FOUND.items())
    # Most rows have the word nowhere; asked first, they cost one look in place of four.
    return case((~_has_beginning(word), 0), *in_rank, else_=0)


def _has_beginning(word: str, rank: str = "") -> ColumnElement[bool]:
    """Say whether a word of the row begins so, or its English stem does; `word` holds letters and digits only."""
    asked = f"'{word}':*{rank}"
    beginning = func.to_tsquery("simple", asked).op("||")(func.to_tsquery("english", asked))
    return Exercise.words.bool_op("@@")(beginning)


def _points_near(rows: Subquery, word: str) -> ColumnElement[int]:
    spellings = sorted(near_spellings(word))
    if not spellings:
        return literal(0)
    return case(
        *(
            (
                rows.c.near.bool_op("@@")(cast(" | ".join(f"'{spelling}':{rank}" for spelling in spellings), TSQUERY)),
                points,
            )
            for rank, points in FOUND_NEAR.items()
        ),
        else_=0,
    )


def _points_whole(whole: str) -> ColumnElement[int]:
    name = Exercise.titles[1]
    return case(
        (name == whole, IS_NAME),
        (literal(whole) == any_(Exercise.titles), IS_SYNONYM),
        (func.starts_with(name, whole), BEGINS_NAME),
        else_=0,
    )
