"""No key holds an event's id, and nobody waits for anybody: the same event sent twice at once is there twice."""

from sqlalchemy.sql import Select

from torture.broken.taking import altering, replacing


def do() -> None:
    altering(
        "ALTER TABLE adherence_event DROP CONSTRAINT IF EXISTS adherence_event_pkey CASCADE",
        "DROP INDEX IF EXISTS adherence_event_seq_key",
    )
    replacing(Select, "with_for_update", lambda _, query, **__: query)
