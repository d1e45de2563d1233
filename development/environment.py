"""What the product is told in development: where its database is, where its keys lie, all through the environment.

DATABASE_URL and REDIS_URL, where they are set, come before everything that would be started here. Whatever else the
caller has set stays as it is.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from development import binaries, children, places, postgres
from development.push_service import starting
from development.trouble import Trouble
from hep_api.accounts import keys
from hep_api.accounts.sealing import has_sealing_key
from hep_api.foundation import clock

DATABASE = "hep"
APP = "hep_app"
KEYS = places.STATE / "token-keys"
FILES = places.STATE / "files"
MAIL = places.STATE / "mail"
PUSHES = places.STATE / "pushes"


@dataclass(frozen=True, slots=True)
class Database:
    """The development database, as the app signs in to it and as who changes its tables, if that is another.

    `child` is its server when this process started it.
    """

    url: str
    migrator_url: str = ""
    child: children.Child | None = None


@contextmanager
def database() -> Iterator[Database]:
    """Yield the development database: the one named, the one that runs already, else one started for this block."""
    if named := os.environ.get("DATABASE_URL"):
        _refuse_unusable_database(named)
        yield Database(named)
        return
    folder = postgres_folder()
    if socket_folder := postgres.running_cluster(folder):
        yield _embedded(folder, socket_folder)
        return
    cluster = postgres.start_kept(folder)
    try:
        _create_database(cluster.url())
        postgres.let_in(cluster, folder, APP)
        yield _embedded(folder, cluster.socket_folder, cluster.child)
    finally:
        cluster.stop()


def postgres_folder() -> Path:
    """Return the folder in which the embedded PostgreSQL keeps its data."""
    return places.kept_folder(places.server_user(), "postgres")


def _embedded(folder: Path, socket_folder: Path, child: children.Child | None = None) -> Database:
    """The app signs in as a role that row-level security binds; the superuser only changes tables."""
    app = postgres.kept_url(folder, socket_folder, DATABASE, APP)
    return Database(app, postgres.kept_url(folder, socket_folder, DATABASE), child)


def for_product(database: Database) -> dict[str, str]:
    """Return the environment that the product starts with."""
    if url := os.environ.get("REDIS_URL"):
        _refuse_unusable_redis(url)
    if "HEP_TOKEN_KEYS_FOLDER" not in os.environ and not (any(KEYS.glob("*.pem")) and has_sealing_key(KEYS)):
        keys.create_key(KEYS, clock.now())
    ours = {
        "HEP_ENVIRONMENT": "development",
        "HEP_TOKEN_KEYS_FOLDER": str(KEYS),
        "HEP_FILES_FOLDER": str(FILES),
        "HEP_MAIL_FOLDER": str(MAIL),
        "PYTHONUNBUFFERED": "1",
    }
    named = {"DATABASE_URL": database.url, "HEP_DATABASE_MIGRATOR_URL": database.migrator_url}
    return ours | starting.for_product(PUSHES) | os.environ | {name: value for name, value in named.items() if value}


@contextmanager
def held() -> Iterator[None]:
    """Keep this checkout's development data to this process; raise Trouble when another one holds it."""
    places.STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (places.STATE / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Trouble(f"`make run` runs here already, as process {file.read() or 'unknown'}.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _create_database(maintenance_url: str) -> None:
    with psycopg.connect(_plain(maintenance_url), autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _refuse_unusable_database(url: str) -> None:
    try:
        with psycopg.connect(_plain(url), connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise Trouble(f"The database of DATABASE_URL cannot be reached: {reason}") from None
    if version < binaries.OLDEST_MAJOR:
        raise Trouble(f"DATABASE_URL leads to PostgreSQL {version}; {binaries.OLDEST_MAJOR} or newer is needed.")


def _refuse_unusable_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(f"The server of REDIS_URL cannot be used: {error}") from None


def _plain(url: str) -> str:
    """Return the URL as libpq takes it, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
