"""How the search does in a clinic of many exercises: `python -m development.search_at_scale [50000]`.

Fills a PostgreSQL of its own, as the app's role behind row-level security, and prints how long each kind of search
takes as a multiple of reading one exercise by its key, and what PostgreSQL does for it. It stops by itself.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from alembic import command
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from development import postgres
from hep_api.accounts.viewer import Role, Viewer
from hep_api.commands import migrations_config
from hep_api.foundation import tenancy
from hep_api.foundation.database import Database
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.settings import Settings
from hep_api.library import shelving, starter_set
from hep_api.library.models.exercises import Exercise
from hep_api.library.queries.searching import list_exercises_for
from hep_api.library.schemas.searching import ExerciseQuery
from hep_api.library.shelving import Shelf
from hep_api.library.vocabulary import Scope

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROUNDS = 5
# So many are written as a person would; the others are copies of them, with their index.
WRITTEN = 1_000
SEARCHES: dict[str, dict[str, Any]] = {
    "everything": {},
    "everything, with facets": {"facets": "true"},
    "a rare word": {"q": "codman"},
    "a frequent word": {"q": "knee"},
    "two words": {"q": "hamstring stretch"},
    "a beginning": {"q": "sta"},
    "a misspelt word": {"q": "hamstrng strech"},
    "a word, filters, facets": {"q": "knee", "goal": ["strength"], "position": ["standing"], "facets": "true"},
    "three words and five filters": {
        "q": "standing knee band",
        "goal": ["strength"],
        "equipment": ["band", "none"],
        "difficulty": ["easy", "moderate"],
        "sides": ["2"],
        "scope": ["clinic"],
    },
}


def exercises(number: int) -> dict[str, dict[str, Any]]:
    """Return generated contents by key: the starter set's own texts, shuffled, each with a name of its own."""
    dice, entries = random.Random(4), starter_set.read_starter_set()  # noqa: S311 - nothing secret
    contents = {}
    for place in range(number):
        first, second = dice.choice(entries), dice.choice(entries)
        content = {**shelving.content_of(first), "name": f"{first['name']}, {second['name'].lower()} {place}"[:120]}
        for field in ("steps", "cues", "goals", "equipment", "tags", "synonyms"):
            content[field] = sorted(set(dice.sample([*first[field], *second[field]], k=len(first[field]))))
        contents[f"generated-{place}"] = content
    return contents


def fill(session: Session, clinic_id: UUID, contents: dict[str, dict[str, Any]]) -> float:
    """Put contents on a clinic's shelf and return how many seconds each took."""
    tenancy.act_for(session, clinic_id)
    begun = time.perf_counter()
    shelf = Shelf(clinic_id, Scope.CLINIC, "generated", "CC0-1.0")
    shelving.shelve(session, shelf, contents, NOW, make_id=lambda _: new_id())
    return (time.perf_counter() - begun) / len(contents)


def multiply(url: str, clinic_id: UUID, times: int) -> None:
    """Copy what stands on the shelf, with its index, until it is there so many times."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for table, key in (("exercise", "id"), ("exercise_card", "exercise_id"), ("exercise_word", "exercise_id")):
            query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            columns = [name for (name,) in connection.execute(query, [table])]
            copied = {key: f"md5({key}::text || copy)::uuid", "source_key": "source_key || '-' || copy"}
            chosen = ", ".join(copied.get(name, name) for name in columns)
            copy = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table}"  # noqa: S608 - our own names
            copy += ", generate_series(2, %s) AS copy WHERE clinic_id = %s"
            connection.execute(copy.encode(), [times, clinic_id])


def measure(session: Session, viewer: Viewer) -> Iterator[tuple[str, float]]:
    """Yield each kind of search with the median of its seconds; the first is one exercise by its key."""
    one = session.scalar(select(Exercise.id).where(Exercise.clinic_id == viewer.clinic_id).limit(1))
    by_key = select(Exercise.id, Exercise.name).where(Exercise.clinic_id == viewer.clinic_id, Exercise.id == one)
    kinds: dict[str, Callable[[], Any]] = {"one exercise by its key": lambda: session.execute(by_key).all()}
    for name, query in SEARCHES.items():
        kinds[name] = partial(list_exercises_for, session, viewer, ExerciseQuery().load(query))
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, run in kinds.items():
            begun = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - begun)
    for name, each in taken.items():
        yield name, statistics.median(each)


def plan_of(session: Session, viewer: Viewer, query: dict[str, Any]) -> str:
    """Return what PostgreSQL does for a search."""
    seen: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        seen.append((statement, parameters))

    event.listen(connection.engine, "before_cursor_execute", note)
    list_exercises_for(session, viewer, ExerciseQuery().load(query))
    event.remove(connection.engine, "before_cursor_execute", note)
    statement, parameters = seen[-1]
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) {statement}", parameters)
    return "\n".join(str(line) for (line,) in explained)


def main(number: int) -> None:
    """Fill, measure, tell."""
    cluster = postgres.start_throwaway()
    try:
        url = cluster.url()
        command.upgrade(migrations_config(url), "head")
        settings = Settings(
            database_url=url,
            token_keys_folder=Path(tempfile.gettempdir()),
            statement_timeout_ms=600_000,
            idle_in_transaction_timeout_ms=600_000,
        )
        database = Database(settings, {})
        clinic_id = new_id()
        viewer = Viewer(new_id(), new_id(), clinic_id, new_id(), Role.PRACTITIONER, False)
        contents = exercises(min(number, WRITTEN))
        with database.new_session() as session:
            starter_set.load_starter_set(session, NOW)
            each = fill(session, clinic_id, contents)
            session.commit()
        multiply(url, clinic_id, number // len(contents))
        settle(url)
        print(f"putting an exercise on the shelf, with its index: {each * 1000:.1f} ms")
        with database.new_session() as session:
            tenancy.act_for(session, clinic_id)
            figures = list(measure(session, viewer))
            unit = figures[0][1]
            for name, seconds in figures:
                print(f"{seconds / unit:8.1f}  {seconds * 1000:8.1f} ms  {name}")
            print(plan_of(session, viewer, SEARCHES["two words"]))
    finally:
        cluster.stop()


def settle(url: str) -> None:
    """Do what PostgreSQL does by itself a minute after a shelf was filled."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        sizes = connection.execute(
            "SELECT relname::text, pg_total_relation_size(oid) / 1048576 FROM pg_class WHERE relkind = 'r' "
            "AND relname IN ('exercise', 'exercise_card', 'exercise_word', 'word_clue')"
        ).fetchall()
    print(json.dumps({"megabytes": dict(sizes)}, default=int))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
