"""What goes wrong on our side, counted by its kind."""

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hep_api.foundation.metrics.tallies import Tally

UNEXPECTED = Tally("hep_unexpected_errors", "Requests and commands that ended in a fault of the program.")
DATABASE = Tally(
    "hep_database_unavailable", "Requests and commands refused as the database could not serve them.", "reason"
)
RETRIED = Tally("hep_transactions_retried", "Transactions begun anew as PostgreSQL had given up theirs.", "reason")

REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (psycopg.errors.QueryCanceled, "statement_timeout"),
    (psycopg.errors.LockNotAvailable, "lock_timeout"),
    (psycopg.errors.IdleInTransactionSessionTimeout, "idle_in_transaction"),
    (psycopg.errors.DeadlockDetected, "deadlock"),
    (psycopg.errors.SerializationFailure, "serialization"),
    (psycopg.errors.DiskFull, "disk_full"),
    (psycopg.errors.TooManyConnections, "too_many_connections"),
)


def count_database(error: BaseException) -> None:
    """Count that the database, or its pool of connections, could not serve somebody."""
    DATABASE.add(reason_of(error))


def reason_of(error: BaseException) -> str:
    """Return the kind of a database's error in a fixed word; `connection` for whatever has no name of its own."""
    if isinstance(error, PoolTimeoutError):
        return "pool_exhausted"
    driver_error = error.orig if isinstance(error, DBAPIError) else error
    return next((reason for kind, reason in REASONS if isinstance(driver_error, kind)), "connection")
