"""Which exercises a search finds, and how well, as SQL over the index of words (`indexing.py` keeps it).

Every asked word has to be found: as it stands, as a beginning, or by its stem. A word that no name, synonym, tag or
topic on the asker's shelves begins with counts as misspelt, and only then its near misspellings are found.

All of it compares keys for equality and ranges, which PostgreSQL does with an index behind a row-level policy too.
What somebody typed is only ever a bound value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    any_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import Text

from hep_api.library.indexing import STEMS
from hep_api.library.models.words import ExerciseCard, ExerciseWord, WordClue
from hep_api.library.words import Place, asked_words, near_spellings, title_of

AnySelect = Select[*tuple[Any, ...]]

STANDS = (ExerciseWord.clinic_id, ExerciseWord.batch_id, ExerciseWord.place, ExerciseWord.slots)
# By these the words name an exercise, and its card has them.
NAMED_BY = ("clinic_id", "batch_id", "slot")
MOST_WORDS = 8
# No letter comes after this one: what begins with a word lies between the word and the word with it.
LAST_LETTER = "\U0010ffff"

# Points of one word by where it is found.
FOUND = {Place.WHOLE_NAME: 10, Place.NAME: 10, Place.SYNONYM: 7, Place.TOPIC: 5, Place.TEXT: 1}
FOUND_NEAR = {Place.WHOLE_NAME: 6, Place.NAME: 5, Place.SYNONYM: 4, Place.TOPIC: 3}
# And once for the whole query: it is the name, a synonym, or how the name begins.
IS_NAME, IS_SYNONYM, BEGINS_NAME = 32, 16, 8


class Band(IntEnum):
    """How good a hit is, coarsely; the least is the best. Inside a band, what one knows and points decide."""

    CALLED_SO = 0
    IN_NAMES = 1
    IN_TOPICS = 2
    IN_TEXT = 3


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where somebody searches: which shelves, whose drafts beside what is everyone's, the archive or all but it."""

    clinic_ids: Sequence[UUID]
    member_id: UUID
    archived: bool

    def show(self) -> ColumnElement[bool]:
        """Return the condition on `ExerciseCard` for what is the asker's to see."""
        return and_(
            ExerciseCard.clinic_id.in_(self.clinic_ids),
            or_(ExerciseCard.draft_of.is_(None), ExerciseCard.draft_of == self.member_id),
            ExerciseCard.archived == self.archived,
        )


def same_exercise(one: Any, other: Any) -> ColumnElement[bool]:
    """Return the condition that two name the same exercise as the index of words does: by batch and slot."""
    return and_(*(one[name] == other[name] for name in NAMED_BY))


def matches(query: str, shelves: Shelves) -> CTE | None:
    """Return what a query finds on shelves, whoever may see it, as rows of (clinic_id, batch_id, slot, band, points).

    None for a query without a word.
    """
    words = asked_words(query, MOST_WORDS)
    if not words:
        return None
    hit = union_all(*(each for number, word in enumerate(words) for each in _hits(number, word, shelves))).subquery()
    exercise = [hit.c[name] for name in NAMED_BY]
    best = (func.max(hit.c.points).label("points"), func.min(hit.c.band).label("band"))
    of_word = select(*exercise, *best).group_by(*exercise, hit.c.number).subquery()
    exercise = [of_word.c[name] for name in NAMED_BY]
    summed = (func.sum(of_word.c.points).label("points"), func.max(of_word.c.band).label("band"))
    found = select(*exercise, *summed).group_by(*exercise).having(func.count() == len(words)).subquery()
    title = _titles(query, shelves)
    return _once(
        select(
            *(found.c[name] for name in NAMED_BY),
            case((title.c.points >= IS_SYNONYM, int(Band.CALLED_SO)), else_=found.c.band).label("band"),
            (found.c.points + func.coalesce(title.c.points, 0)).label("points"),
        )
        .outerjoin(title, same_exercise(title.c, found.c))
        .cte("match")
    )


def _once(rows: CTE) -> CTE:
    """Have rows made once, also where PostgreSQL, knowing nothing of the tables yet, takes them for a single one."""
    return rows.prefix_with("MATERIALIZED")


def _hits(number: int, word: str, shelves: Shelves) -> Iterator[AnySelect]:
    """Yield the exercises that have a word, and where they have it near; the best of several is told apart later."""
    direct = _direct(word, shelves).cte(f"direct_{number}")
    yield _judged(number, direct, FOUND)
    spellings = sorted(near_spellings(word))
    if spellings:
        near = _led_to(WordClue.clue == any_(literal(spellings, ARRAY(Text))), shelves).subquery()
        yield _judged(number, near, FOUND_NEAR).where(near.c.place < Place.TEXT, ~_known(direct, shelves))


def _known(direct: CTE, shelves: Shelves) -> ColumnElement[bool]:
    """Say whether a name, synonym, tag or topic that the asker may see has a word."""
    where = select(direct.c.clinic_id, direct.c.batch_id, func.unnest(direct.c.slots).label("slot"))
    named = where.where(direct.c.place < Place.TEXT).subquery()
    same = same_exercise(ExerciseCard.__table__.c, named.c)
    # LIMIT keeps the order: one card after the other by its key, and the first that one may see settles it.
    card = select(ExerciseCard.slot).where(same, shelves.show()).limit(1).lateral()
    return select(named.c.slot).join(card, true()).exists()


def _judged(number: int, rows: CTE | Subquery, points: Mapping[Place, int]) -> AnySelect:
    band = case(
        (rows.c.place <= Place.SYNONYM, int(Band.IN_NAMES)),
        (rows.c.place == Place.TOPIC, int(Band.IN_TOPICS)),
        else_=int(Band.IN_TEXT),
    )
    by_place = case({int(place): each for place, each in points.items()}, value=rows.c.place)
    of_word: ColumnElement[int] = literal_column(str(number)).label("number")
    slot = func.unnest(rows.c.slots).label("slot")
    return select(of_word, rows.c.clinic_id, rows.c.batch_id, slot, by_place.label("points"), band.label("band"))


def _direct(word: str, shelves: Shelves) -> Any:
    """Return where a word stands, as itself or a beginning, or one with its stem in some language."""
    stems = [f"{language}:" + _stem(dictionary, word) for language, dictionary in STEMS.items()]
    led_to = _led_to(and_(WordClue.clue.in_(stems), ~_begins(word, WordClue.word)), shelves)
    beginning = select(*STANDS).where(ExerciseWord.clinic_id.in_(shelves.clinic_ids), _begins(word, ExerciseWord.word))
    return union_all(beginning, led_to)


def _stem(dictionary: str, word: str) -> ColumnElement[str]:
    """Return the SQL of a word's stem; null for a word too frequent to have one."""
    stems = func.ts_lexize(literal_column(f"'{dictionary}'"), literal(word), type_=ARRAY(Text))
    return stems[1]


def _led_to(clue: ColumnElement[bool], shelves: Shelves) -> AnySelect:
    """Return where the words stand that clues lead to."""
    led = select(WordClue.clinic_id, WordClue.word).where(WordClue.clinic_id.in_(shelves.clinic_ids), clue)
    word = led.distinct().subquery()
    same = (ExerciseWord.clinic_id == word.c.clinic_id) & (ExerciseWord.word == word.c.word)
    # OFFSET 0 keeps the order: first the few words, then each one's place in the index.
    stands = select(*STANDS).where(same).offset(literal_column("0")).lateral()
    return select(stands).select_from(word).join(stands, true())


def _begins(word: str, column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return and_(column >= word, column < word + LAST_LETTER)


def _titles(query: str, shelves: Shelves) -> CTE:
    """Return the exercises that are called as the whole query says, or whose names begin so, with the points for it."""
    title = title_of(query)
    in_name = ExerciseWord.place <= Place.NAME
    points = case(
        (and_(ExerciseWord.word == title, in_name), IS_NAME),
        (ExerciseWord.word == title, IS_SYNONYM),
        else_=BEGINS_NAME,
    )
    on_shelf = ExerciseWord.clinic_id.in_(shelves.clinic_ids)
    called = or_(ExerciseWord.word == title, in_name)
    slot = func.unnest(ExerciseWord.slots).label("slot")
    each = select(ExerciseWord.clinic_id, ExerciseWord.batch_id, slot, points.label("points"))
    titled = each.where(on_shelf, _begins(title, ExerciseWord.word), called).subquery()
    exercise = [titled.c[name] for name in NAMED_BY]
    return _once(select(*exercise, func.max(titled.c.points).label("points")).group_by(*exercise).cte("title"))
