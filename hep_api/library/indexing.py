"""Keeps what the search looks things up in: called for exercises whose rows were written, in the same transaction.

What stands in the index follows from the exercises' rows alone, so it can be made anew at any time (`reindex`).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation import tenancy
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.languages import FALLBACK
from hep_api.library import practitioners_words
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.models.words import ExerciseCard, ExerciseWord, WordClue
from hep_api.library.queries.translations import TEXTS
from hep_api.library.vocabulary import Scope
from hep_api.library.words import FILLERS, LONGEST_WORD, TITLE, Place, folded, near_spellings, title_of, words_of

AT_A_TIME = 500
# Names that begin alike for so long stand in the order they were made; short, so that a cursor holds it.
LETTERS_SORTED_BY = 24
# Under this one stands the name in the exercise's own language.
OWN_LANGUAGE = ""
# PostgreSQL's dictionaries of stems, by language; words in other languages are found as they stand.
STEMS = {"en": "english_stem", "es": "spanish_stem", "de": "german_stem", "fr": "french_stem"}

LISTS_OF_LINES = ("steps", "cues", "mistakes", "precautions", "contraindications")
READ = (
    *(Exercise.id, Exercise.scope, Exercise.author_id, Exercise.archived_at, Exercise.language, TEXTS),
    *(Exercise.name, Exercise.synonyms, Exercise.tags, Exercise.summary),
    *(getattr(Exercise, field) for field in LISTS_OF_LINES),
    *(Exercise.body_region, Exercise.joints, Exercise.goals, Exercise.position, Exercise.equipment),
    *(Exercise.sides, Exercise.difficulty),
)
AnyRow = Row[*tuple[Any, ...]]
Words = dict[str, Place]

WRITE_WORDS = text("""
    INSERT INTO exercise_word (clinic_id, word, batch_id, place, slots)
    SELECT :clinic_id, said.word, :batch_id, said.place, said.slots
      FROM json_to_recordset(cast(:said AS json)) AS said(word text, place smallint, slots smallint[])
""")
WRITE_STEMS = text("""
    INSERT INTO word_clue (clinic_id, clue, word)
    SELECT DISTINCT cast(:clinic_id AS uuid), said.language || ':' || stem, said.word
      FROM unnest(cast(:words AS text[]), cast(:languages AS text[]), cast(:dictionaries AS text[]))
           AS said(word, language, dictionary),
           unnest(ts_lexize(said.dictionary::regdictionary, said.word)) AS stem
     ORDER BY 2, 3
        ON CONFLICT DO NOTHING
""")
WRITE_LEFTOVERS = text("""
    INSERT INTO word_clue (clinic_id, clue, word)
    SELECT cast(:clinic_id AS uuid), said.clue, said.word
      FROM unnest(cast(:clues AS text[]), cast(:words AS text[])) AS said(clue, word)
        ON CONFLICT DO NOTHING
""")
FAMILIAR = text("""
    SELECT clue.word
      FROM unnest(cast(:words AS text[])) AS said(word)
      JOIN word_clue AS clue ON clue.clinic_id = :clinic_id AND clue.clue = said.word AND clue.word = said.word
""")


# A card that is there is rewritten: two who index an exercise at once wait for each other, and neither fails.
_CARDS = insert(ExerciseCard)
_WRITE_CARDS = _CARDS.on_conflict_do_update(
    index_elements=["clinic_id", "exercise_id"],
    set_={column.name: column for column in _CARDS.excluded if column.name not in {"clinic_id", "exercise_id"}},
)


def index_exercises(session: Session, clinic_id: UUID, exercise_ids: Iterable[UUID]) -> None:
    """Index exercises of one shelf as their rows now are; an id without a row leaves the index."""
    ids = sorted(set(exercise_ids))
    session.flush()
    for start in range(0, len(ids), AT_A_TIME):
        _index(session, clinic_id, ids[start : start + AT_A_TIME])


def catch_up(session: Session, clinic_id: UUID) -> int:
    """Index what of a shelf was never indexed, or with other words than today's; return how many."""
    card = (ExerciseCard.clinic_id == Exercise.clinic_id) & (ExerciseCard.exercise_id == Exercise.id)
    behind = ExerciseCard.made_by.is_distinct_from(practitioners_words.version())
    query = select(Exercise.id).outerjoin(ExerciseCard, card).where(Exercise.clinic_id == clinic_id, behind)
    ids = session.scalars(query).all()
    index_exercises(session, clinic_id, ids)
    return len(ids)


def reindex(session: Session, clinic_id: UUID) -> int:
    """Make a shelf's index anew, and forget the words that no exercise has any more; return how many exercises."""
    for table in (ExerciseCard, ExerciseWord):
        session.execute(delete(table).where(table.clinic_id == clinic_id))
    session.execute(delete(WordClue).where(WordClue.clinic_id == clinic_id))
    return catch_up(session, clinic_id)


def of_every_shelf(session: Session, work: Callable[[Session, UUID], int]) -> int:
    """Do `work` for the starter shelf and each clinic; for a transaction that acts for none. Returns the sum."""
    with tenancy.acting_for(session, STARTER_SHELF):
        done = work(session, STARTER_SHELF)
    return done + sum(work(session, clinic_id) for clinic_id in tenancy.each_clinic(session))


def _index(session: Session, clinic_id: UUID, ids: Sequence[UUID]) -> None:
    rows = session.execute(select(*READ).where(Exercise.clinic_id == clinic_id, Exercise.id.in_(ids))).all()
    if not rows:
        return
    batch = {"clinic_id": clinic_id, "batch_id": new_id()}
    same_exercises = (ExerciseCard.clinic_id == clinic_id) & ExerciseCard.exercise_id.in_(ids)
    left = session.scalars(select(ExerciseCard.batch_id).where(same_exercises).distinct()).all()
    cards = [{**batch, "slot": slot, **_card_of(row)} for slot, row in enumerate(rows)]
    session.execute(_WRITE_CARDS, cards)
    words = [words_of_exercise(row) for row in rows]
    session.execute(WRITE_WORDS, {**batch, "said": json.dumps(_by_word(words))})
    _forget_batches(session, clinic_id, left)
    _write_clues(session, clinic_id, rows, words)


def _forget_batches(session: Session, clinic_id: UUID, left: Sequence[UUID]) -> None:
    """Forget the words of those batches in which no card is any more."""
    there = select(ExerciseCard.batch_id).where(ExerciseCard.clinic_id == clinic_id, ExerciseCard.batch_id.in_(left))
    empty = set(left) - set(session.scalars(there.distinct())) if left else set()
    if empty:
        session.execute(
            delete(ExerciseWord).where(ExerciseWord.clinic_id == clinic_id, ExerciseWord.batch_id.in_(empty))
        )


def _by_word(words: Sequence[Words]) -> list[dict[str, Any]]:
    """Return for each word and place who has it there: the slots, which are the numbers of the exercises."""
    slots: dict[tuple[str, Place], list[int]] = defaultdict(list)
    for slot, each in enumerate(words):
        for word, place in each.items():
            slots[word, place].append(slot)
    return [{"word": word, "place": place, "slots": where} for (word, place), where in slots.items()]


def _write_clues(session: Session, clinic_id: UUID, rows: Sequence[AnyRow], words: Sequence[Words]) -> None:
    stems = {
        (word, language)
        for row, each in zip(rows, words, strict=True)
        for language in _stemmed(row)
        for word in each
        if not word.startswith(TITLE)
    }
    _write_stems(session, clinic_id, sorted(stems))
    # A word that only stands in the text does not forgive a typing error.
    near = {word for each in words for word, place in each.items() if place < Place.TEXT}
    _write_leftovers(session, clinic_id, sorted(near))


def _stemmed(row: AnyRow) -> set[str]:
    """Return the languages by whose stems an exercise is found; the vocabulary is English."""
    languages = (FALLBACK, row.language, *(row.translations or {}))
    return {plain for tag in languages if (plain := tag.partition("-")[0]) in STEMS}


def _write_stems(session: Session, clinic_id: UUID, said: Sequence[tuple[str, str]]) -> None:
    with_dictionary = [(word, language, STEMS[language]) for word, language in said]
    columns = _columns(("words", "languages", "dictionaries"), with_dictionary)
    session.execute(WRITE_STEMS, {"clinic_id": clinic_id, **columns})


def _write_leftovers(session: Session, clinic_id: UUID, words: Sequence[str]) -> None:
    left_over = [word for word in words if not word.startswith(TITLE) and near_spellings(word)]
    familiar = set(session.scalars(FAMILIAR, {"clinic_id": clinic_id, "words": left_over}))
    clues = sorted((clue, word) for word in left_over if word not in familiar for clue in near_spellings(word))
    if clues:
        session.execute(WRITE_LEFTOVERS, {"clinic_id": clinic_id, **_columns(("clues", "words"), clues)})


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _card_of(row: AnyRow) -> dict[str, Any]:
    return {
        "exercise_id": row.id,
        "draft_of": row.author_id if row.scope is Scope.DRAFT else None,
        "archived": row.archived_at is not None,
        "scope": row.scope,
        "names": _sorted_by(row),
        "body_region": row.body_region,
        "joints": row.joints,
        "goals": row.goals,
        "position": row.position,
        "equipment": row.equipment,
        "sides": row.sides,
        "difficulty": row.difficulty,
        "tags": row.tags,
        "made_by": practitioners_words.version(),
    }


def _sorted_by(row: AnyRow) -> dict[str, str]:
    """Return the folded beginnings of the names; "de" has that of "de-CH" where there is no plain "de"."""
    names = {row.language: row.name, **{tag: texts["name"] for tag, texts in (row.translations or {}).items()}}
    folded_names = {tag.lower(): folded(name)[:LETTERS_SORTED_BY] for tag, name in sorted(names.items())}
    plain: dict[str, str] = {}
    for tag, name in folded_names.items():
        plain.setdefault(tag.partition("-")[0], name)
    return {**plain, **folded_names, OWN_LANGUAGE: folded_names[row.language.lower()]}


def words_of_exercise(row: AnyRow) -> Words:
    """Return the folded words and titles by which an exercise is found, each with the best place where it stands."""
    words: Words = {}
    texts = [row._asdict(), *(row.translations or {}).values()]
    names = [folded(each["name"]) for each in texts]
    for name in names:
        _add_name(words, name)
    titles = [folded(title) for title in (*(said for each in texts for said in each["synonyms"]), *row.tags)]
    _add_titles(words, [*titles, *practitioners_words.other_titles([*names, *titles])])
    for topic in (row.body_region, row.position or "", row.difficulty, *row.joints, *row.goals, *row.equipment):
        _add(words, practitioners_words.words_of_topic(topic), Place.TOPIC)
    for each in texts:
        for line in (each["summary"], *(line for field in LISTS_OF_LINES for line in each[field])):
            _add(words, (word for word in words_of(line) if word not in FILLERS), Place.TEXT)
    return words


def _add_name(words: Words, name: str) -> None:
    words[title_of(name)] = Place.NAME
    _add(words, name.split(), Place.WHOLE_NAME if " " not in name else Place.NAME)


def _add_titles(words: Words, titles: Iterable[str]) -> None:
    for title in titles:
        words.setdefault(title_of(title), Place.SYNONYM)
        _add(words, title.split(), Place.SYNONYM)


def _add(words: Words, added: Iterable[str], place: Place) -> None:
    for word in added:
        words[word[:LONGEST_WORD]] = min(place, words.get(word[:LONGEST_WORD], place))
