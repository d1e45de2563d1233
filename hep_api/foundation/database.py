"""The database: the declarative base, the engine, and the one transaction of each door.

`transaction()` is the only place that commits (a test counts). What runs last in it stands in
`session.info["before_commit"]`. What the world is told waits in `session.info["after_commit"]` and runs after the
commit, so that a refused request is silent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
from flask import current_app, g, has_request_context
from sqlalchemy import CursorResult, MetaData, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import Pool

from hep_api.foundation import waiting
from hep_api.foundation.facts import Reactions
from hep_api.foundation.metrics import troubles
from hep_api.foundation.settings import Settings

T = TypeVar("T")
BeforeCommit = Callable[[Session], None]

ATTEMPTS_AGAINST_DEADLOCK = 3
PLANNED_ANEW = "hep_planned_anew"
CURSOR = "hep_cursor"

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = metadata


class Database:
    """An engine and its sessions, each carrying the app's table of reactions and what runs before every commit."""

    def __init__(self, settings: Settings, reactions: Reactions, before_commit: Sequence[BeforeCommit] = ()) -> None:
        self.engine = build_engine(settings)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._reactions = reactions
        self._before_commit = tuple(before_commit)

    def new_session(self) -> Session:
        info = {"reactions": self._reactions, "before_commit": self._before_commit, "after_commit": []}
        return self._sessions(info=info)


def build_engine(settings: Settings) -> Engine:
    """Build the engine: as many connections as handlers at work, limits on every statement, lock and idle hold."""
    waiting.wait_by_the_loop()
    limits = (
        f"-c statement_timeout={settings.statement_timeout_ms} -c lock_timeout={settings.lock_timeout_ms} "
        f"-c idle_in_transaction_session_timeout={settings.idle_in_transaction_timeout_ms} -c timezone=UTC"
    )
    connect: dict[str, Any] = {"options": f"{limits} -c role={settings.database_role}", "connect_timeout": 3}
    if settings.database_behind_pooler:
        # PgBouncer before 1.21 ran another statement for a prepared one; and it refuses start-up options.
        connect = {"prepare_threshold": None, "connect_timeout": 3}
    engine = create_engine(
        settings.database_url,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=3,
        pool_use_lifo=True,
        connect_args=connect,
        hide_parameters=True,  # what a failing statement carried is somebody's data
    )
    event.listen(engine, "connect", _refuse_roles_above_the_policies)
    event.listen(engine, "do_execute", _plan_anew)
    return engine


def _plan_anew(cursor: psycopg.Cursor[Any], statement: LiteralString, values: Any, context: Any) -> bool | None:
    """Run a statement that asks for it without preparing it; leave all others to SQLAlchemy."""
    if not context.execution_options.get(PLANNED_ANEW):
        return None
    cursor.execute(statement, values, prepare=False)
    return True


def _refuse_roles_above_the_policies(connection: psycopg.Connection[Any], _: Any) -> None:
    """Refuse a connection whose role could see through row-level security, once, before anything is done with it."""
    bound = "SELECT NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user"
    with connection.cursor() as cursor:
        row = cursor.execute(bound).fetchone()
    connection.rollback()
    if row is None or not row[0]:
        connection.close()
        raise psycopg.OperationalError(
            "The app's database role can see through row-level security: see HEP_DATABASE_ROLE in docs/settings.md."
        )


def database() -> Database:
    """Return the current app's database."""
    found: Database = current_app.extensions["hep_database"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the door's one transaction: commit at the end, roll back on any error, tell the world after the commit.

    In a request whose door has already begun one (to recognise who asks), that same transaction is continued.
    """
    session = _take_begun_session() or database().new_session()
    has_begun = True
    try:
        yield session
        _run_before_commit(session)
        has_begun = session.in_transaction()
        if has_begun:  # SQLAlchemy would begin one to commit it, and look for what it holds: 25 microseconds.
            session.commit()
    except BaseException:
        session.rollback()
        session.info["after_commit"].clear()
        raise
    finally:
        if has_begun:
            session.close()
    tell_the_world(session)


def begin_for_request() -> Session:
    """Begin the request's transaction early; `transaction()` continues it, the door closes it when nobody does."""
    session = database().new_session()
    g.begun_session = session
    return session


def abandon_begun_session() -> None:
    """Roll back what the door began when the view never took it over (bad input, a refusal)."""
    session = _take_begun_session()
    if session is not None:
        session.close()


def run(
    session: Session, statement: str, values: Mapping[str, Any], *, planned_anew: bool = False
) -> CursorResult[Any]:
    """Run a statement written as psycopg takes it (`%(name)s`), for what every request asks: half of what the session's
    own way costs besides the database. It does not flush, and knows of columns no more than their names.

    `planned_anew`: for large statements over lists, whose plan must suit what the lists hold. Others that a connection
    has run a dozen times are carried out by a plan for any values, and those for these took seconds in place of 100 ms.
    """
    options = {PLANNED_ANEW: True} if planned_anew else None
    return session.connection().exec_driver_sql(statement, dict(values), execution_options=options)


def at_once(statement: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]] | None:
    """Run one statement by itself, which is its whole transaction, in one round trip; return its rows as tuples.

    None when there is no connection, or it is lost, and then the pool makes all of its connections anew: whoever asks
    goes the long way, on which what is still wrong is said as everywhere.
    """
    engine = database().engine
    pool = engine.pool
    try:
        lent = engine.raw_connection()
    except psycopg.Error:
        return None
    connection: psycopg.Connection[Any] = lent.driver_connection  # type: ignore[assignment]
    # Whoever listens to the engine's statements hears of this one too, and may put another in its place.
    for heard in engine.dispatch.before_cursor_execute:
        statement, values = heard(None, None, statement, values, None, False)
    try:
        # As the property does, which takes a lock and two turns of the loop for it.
        connection._autocommit = True  # noqa: SLF001
        return _cursor_of(lent.info, connection).execute(statement, values).fetchall()
    except psycopg.Error as error:
        if connection.closed:
            return None
        raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error
    finally:
        if connection.closed:
            lent.invalidate()
            _renew(engine, pool)
        else:
            connection._autocommit = False  # noqa: SLF001
        lent.close()


def _cursor_of(kept: dict[Any, Any], connection: psycopg.Connection[Any]) -> psycopg.Cursor[Any]:
    """Return a connection's own cursor, which knows how it read and wrote such values before."""
    if CURSOR not in kept:
        kept[CURSOR] = connection.cursor()
    cursor: psycopg.Cursor[Any] = kept[CURSOR]
    return cursor


def _renew(engine: Engine, pool: Pool) -> None:
    """Drop a pool's connections, unless somebody has: one lost connection tells of all that were made before it."""
    if engine.pool is pool:
        engine.dispose()


def after_commit(session: Session, tell: Callable[[], None]) -> None:
    """Plan `tell` for after this transaction's commit; dropped on rollback."""
    session.info["after_commit"].append(tell)


@contextmanager
def part_of(session: Session) -> Iterator[None]:
    """Let a part of a transaction fail by itself: on an error its rows are taken back, and what it planned for after
    the commit; the error goes on to whoever knows what to do about it.
    """
    planned = len(session.info["after_commit"])
    try:
        with session.begin_nested():
            yield
    except BaseException:
        del session.info["after_commit"][planned:]
        raise


def _run_before_commit(session: Session) -> None:
    """Run what comes last in every transaction, after all that the door itself has written."""
    if session.info.get("before_commit"):
        session.flush()
        for run in session.info["before_commit"]:
            run(session)


def tell_the_world(session: Session) -> None:
    """Run what was planned for after the commit. A failure cannot undo the commit: it is logged, no more."""
    for tell in session.info["after_commit"]:
        try:
            tell()
        except Exception:
            current_app.logger.exception("after_commit_failed")
    session.info["after_commit"].clear()


def retrying(attempt: Callable[[], T]) -> T:
    """Run `attempt`, again when PostgreSQL chose it as the victim of a deadlock or serialization failure."""
    for left in range(ATTEMPTS_AGAINST_DEADLOCK - 1, -1, -1):
        try:
            return attempt()
        except OperationalError as error:
            if left == 0 or not _was_a_victim(error):
                raise
            troubles.RETRIED.add(troubles.reason_of(error))
    raise AssertionError("unreachable")


def violated_constraint(error: DBAPIError) -> str | None:
    """Return the name of the constraint that a statement broke, to be caught by name."""
    diagnostics = getattr(error.orig, "diag", None)
    return getattr(diagnostics, "constraint_name", None)


def _was_a_victim(error: OperationalError) -> bool:
    return isinstance(error.orig, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected)


def _take_begun_session() -> Session | None:
    if not has_request_context():
        return None
    session: Session | None = g.pop("begun_session", None)
    return session
