"""How the search does in a clinic of many exercises: `python -m development.search_at_scale [50000]`.

Fills a PostgreSQL of its own, as the app's role behind row-level security, and prints how long each kind of search
takes as a multiple of reading one exercise by its key, and what PostgreSQL does for it. It stops by itself.
"""

import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from alembic import command
from psycopg import sql
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
from hep_api.library.indexing import index_exercises
from hep_api.library.models.exercises import Exercise
from hep_api.library.queries.searching import list_exercises_for
from hep_api.library.schemas.searching import ExerciseQuery
from hep_api.library.shelving import Shelf
from hep_api.library.vocabulary import Scope

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROUNDS = 5
# So many are written as a person would; the others are copies of them, with their index.
WRITTEN = 1_000
# As many go into one statement as `shelve` takes.
AT_A_TIME = 200
FAVOURITES = 200
SEARCHES: dict[str, dict[str, Any]] = {
    "everything, favourites first": {},
    "everything, with facets": {"facets": "true"},
    "filters only": {"goal": ["strength"], "position": ["standing"]},
    "filters only, with facets": {"goal": ["strength"], "position": ["standing"], "facets": "true"},
    "a rare word": {"q": "codman"},
    "a frequent word": {"q": "knee"},
    "a name": {"q": "straight leg raise"},
    "two words": {"q": "hamstring stretch"},
    "a beginning": {"q": "sta"},
    "a misspelt word": {"q": "hamstrng"},
    "two misspelt words": {"q": "hamstrng strech"},
    "a word, filters, facets": {"q": "knee", "goal": ["strength"], "position": ["standing"], "facets": "true"},
}
SHOWN_PLANS = ("two words", "everything, with facets")
SECOND_PAGE = ("everything, favourites first", "a frequent word")


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


def fill(database: Database, clinic_id: UUID, contents: dict[str, dict[str, Any]]) -> tuple[float, float]:
    """Put contents on a clinic's shelf, a transaction for each batch; return the seconds that each took.

    First of what shelving takes, its index included, then of the index alone.
    """
    keys, shelf = sorted(contents), Shelf(clinic_id, Scope.CLINIC, "generated", "CC0-1.0")
    shelved = indexed = 0.0
    for start in range(0, len(keys), AT_A_TIME):
        batch = {key: contents[key] for key in keys[start : start + AT_A_TIME]}
        ids = {key: new_id() for key in batch}
        with database.new_session() as session:
            tenancy.act_for(session, clinic_id)
            shelved += taken(partial(shelving.shelve, session, shelf, batch, NOW, make_id=ids.__getitem__))
            session.commit()
        with database.new_session() as session:
            tenancy.act_for(session, clinic_id)
            indexed += taken(partial(index_exercises, session, clinic_id, ids.values()))
            session.commit()
    return shelved / len(keys), indexed / len(keys)


def taken(run: Callable[[], Any]) -> float:
    """Return how many seconds something takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def multiply(url: str, clinic_id: UUID, times: int) -> None:
    """Copy what stands on the shelf, with its index, until it is there so many times; a transaction for each copy."""
    copied = {name: f"md5({name}::text || %(copy)s)::uuid" for name in ("exercise_id", "batch_id")}
    keys = {
        "exercise": {"id": "md5(id::text || %(copy)s)::uuid", "source_key": "source_key || '-' || %(copy)s"},
        "exercise_card": copied,
        "exercise_word": copied,
    }
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for table, changed in keys.items():
            query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            columns = [name for (name,) in connection.execute(query, [table])]
            kept = f"CREATE TABLE first_{table} AS SELECT * FROM {table} WHERE clinic_id = %s"  # noqa: S608 - our names
            connection.execute(sql.SQL(kept), [clinic_id])
            chosen = ", ".join(changed.get(name, name) for name in columns)
            copy = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM first_{table}"  # noqa: S608
            for number in range(2, times + 1):
                connection.execute(sql.SQL(copy), {"copy": str(number)})


def like(url: str, viewer: Viewer) -> None:
    """Have the viewer like some of what stands on the shelf; that there is no such member is passed over."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "INSERT INTO member_exercise (clinic_id, member_id, exercise_id, favourite_since) "
            "SELECT clinic_id, %s, exercise_id, %s FROM exercise_card WHERE clinic_id = %s LIMIT %s",
            [viewer.member_id, NOW, viewer.clinic_id, FAVOURITES],
        )


def kinds_of_search(session: Session, viewer: Viewer) -> dict[str, Callable[[], Any]]:
    """Return what is measured by its name; the first is one exercise by its key."""
    one = session.scalar(select(Exercise.id).where(Exercise.clinic_id == viewer.clinic_id).limit(1))
    by_key = select(Exercise.id, Exercise.name).where(Exercise.clinic_id == viewer.clinic_id, Exercise.id == one)
    kinds: dict[str, Callable[[], Any]] = {"one exercise by its key": lambda: session.execute(by_key).all()}
    for name, query in SEARCHES.items():
        asked = ExerciseQuery().load(query)
        kinds[name] = partial(list_exercises_for, session, viewer, asked)
        if name in SECOND_PAGE:
            cursor = list_exercises_for(session, viewer, asked).next_cursor
            kinds[f"{name}, second page"] = partial(list_exercises_for, session, viewer, {**asked, "cursor": cursor})
    return kinds


def measure(database: Database, viewer: Viewer) -> list[tuple[str, float, float]]:
    """Return each kind of search with its median seconds, and of these what the database alone takes.

    The latter is the least of what EXPLAIN ANALYZE says; each round is a transaction of its own.
    """
    seconds: dict[str, list[float]] = defaultdict(list)
    of_database: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        with database.new_session() as session:
            tenancy.act_for(session, viewer.clinic_id)
            for name, run in kinds_of_search(session, viewer).items():
                seconds[name].append(taken(run))
                plan = plan_of(session, run, "FORMAT JSON, TIMING OFF")[0]
                of_database[name].append((plan["Planning Time"] + plan["Execution Time"]) / 1000)
    return [(name, statistics.median(each), min(of_database[name])) for name, each in seconds.items()]


def plan_of(session: Session, run: Callable[[], Any], options: str) -> Any:
    """Return what PostgreSQL does for the last statement of a search."""
    seen: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        seen.append((statement, parameters))

    event.listen(connection.engine, "before_cursor_execute", note)
    run()
    event.remove(connection.engine, "before_cursor_execute", note)
    statement, parameters = seen[-1]
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, {options}) {statement}", parameters).scalars().all()
    return explained[0] if "JSON" in options else "\n".join(explained)


def tell(database: Database, viewer: Viewer) -> None:
    """Print the table of figures, and the plans of some searches."""
    figures = measure(database, viewer)
    unit = figures[0][1]
    print("| search | times one by its key | ms | of these PostgreSQL |\n|---|---|---|---|")
    for name, seconds, of_database in figures:
        print(f"| {name} | {seconds / unit:.0f} | {seconds * 1000:.1f} | {of_database * 1000:.1f} |")
    with database.new_session() as session:
        tenancy.act_for(session, viewer.clinic_id)
        kinds = kinds_of_search(session, viewer)
        for name in SHOWN_PLANS:
            print(f"\n{name}\n{plan_of(session, kinds[name], 'BUFFERS, COSTS OFF')}")


def main(number: int) -> None:
    """Fill, measure, tell."""
    cluster = postgres.start_throwaway()
    try:
        url = cluster.url()
        command.upgrade(migrations_config(url), "head")
        settings = Settings(
            database_url=url, token_keys_folder=Path(tempfile.gettempdir()), statement_timeout_ms=600_000
        )
        database = Database(settings, {})
        viewer = Viewer(new_id(), new_id(), new_id(), new_id(), Role.PRACTITIONER, False)
        with database.new_session() as session:
            starter_set.load_starter_set(session, NOW)
            session.commit()
        written = min(number, WRITTEN)
        shelved, indexed = fill(database, viewer.clinic_id, exercises(written))
        multiply(url, viewer.clinic_id, number // written)
        like(url, viewer)
        settle(url)
        print(f"putting an exercise on the shelf: {shelved * 1000:.1f} ms; indexing it again: {indexed * 1000:.1f} ms")
        tell(database, viewer)
    finally:
        cluster.stop()


def settle(url: str) -> None:
    """Do what PostgreSQL does by itself a minute after a shelf was filled."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        sizes = connection.execute(
            "SELECT relname::text, pg_total_relation_size(oid) / 1048576.0 FROM pg_class WHERE relkind = 'r' "
            "AND relname IN ('exercise', 'exercise_card', 'exercise_word', 'word_clue')"
        ).fetchall()
    print({name: f"{float(megabytes):.1f} MB" for name, megabytes in sizes})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
