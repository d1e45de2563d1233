"""A connection that the server has closed is taken for one that works, and goes back to those that are lent again."""

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from torture.broken.taking import replacing


def do() -> None:
    replacing(PGDialect_psycopg, "is_disconnect", lambda *_: False)
    replacing(PGDialect_psycopg, "do_rollback", lambda *_: None)
