"""What PostgreSQL does for a search among thousands of exercises, as the app's role behind row-level security."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import event, text

from hep_api.foundation import tenancy
from tests.library.exercises import an_exercise
from tests.world import Person, World

COPIES = 3000
COLUMNS = text("""
    SELECT attname FROM pg_attribute
     WHERE attrelid = cast(:name AS regclass) AND attnum > 0 AND NOT attisdropped
""")


def multiply(world: World, exercise_id: UUID) -> None:
    """Copy an exercise and its card thousands of times, into the slots after its own, and put these in its words."""
    with world.transaction() as session:
        for table, key in (("exercise", "id"), ("exercise_card", "exercise_id")):
            columns = session.scalars(COLUMNS, {"name": table}).all()
            copied = {key: f"md5({key}::text || copy)::uuid", "slot": "copy"}
            chosen = ", ".join(copied.get(name, name) for name in columns)
            copying = (
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} "  # noqa: S608 - our own names
                f"FROM {table}, generate_series(1, :copies) AS copy WHERE {key} = :id"
            )
            session.execute(text(copying), {"copies": COPIES, "id": exercise_id})
        card = "(SELECT clinic_id, batch_id FROM exercise_card WHERE exercise_id = :id)"
        slots = "ARRAY(SELECT generate_series(0, :copies))"
        widening = f"UPDATE exercise_word SET slots = {slots} WHERE (clinic_id, batch_id) = {card}"  # noqa: S608
        session.execute(text(widening), {"copies": COPIES, "id": exercise_id})
        for table in ("exercise", "exercise_card", "exercise_word", "word_clue"):
            session.execute(text(f"ANALYZE {table}"))


def plan_of(app: Flask, person: Person, *, reading_through: str = "on", **query: Any) -> str:
    engine, seen = app.extensions["hep_database"].engine, []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    assert person.http.get("/v1/exercises", query_string=query).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = [each for each in seen if "exercise_card" in each[0]]
    with app.app_context(), app.extensions["hep_database"].new_session() as session:
        tenancy.act_for(session, person.clinic_id)
        session.execute(text(f"SET LOCAL enable_seqscan = {reading_through}"))
        explained = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(line for (line,) in explained)


def test_words_are_looked_up_in_indexes_and_no_table_is_read_through(
    app: Flask, world: World, practitioner: Person
) -> None:
    added = practitioner.http.post("/v1/exercises", json=an_exercise(scope="clinic"))
    multiply(world, UUID(added.json["id"]))
    for query in ({"q": "clamshell"}, {"q": "clamshel band"}, {"q": "wobble", "facets": "true"}):
        plan = plan_of(app, practitioner, **query)
        assert "exercise_word_pkey" in plan
        for table in ("exercise", "exercise_word", "word_clue"):
            assert f"Seq Scan on {table} " not in plan, plan
    # Some tables hold a few rows here, which PostgreSQL rightly reads through once it has counted them.
    assert "Seq Scan" not in plan_of(app, practitioner, reading_through="off", q="clamshell")
