"""PostgreSQL for development and tests: set up and started without anything to install.

Where the binaries come from is decided in `binaries`, which user and folders in `places`; that DATABASE_URL comes
before all of this, by the callers.
"""

import os
import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from development import binaries, children, places
from development.trouble import Trouble

SUPERUSER = "postgres"
START_SECONDS = 60

# No network door: the socket in a private folder is the only way in, so no port can be taken.
SERVER_OPTIONS = ("listen_addresses=", "unix_socket_permissions=0700", "timezone=UTC", "log_timezone=UTC")
# What a test run stores is thrown away, so nothing waits for the disk.
THROWAWAY_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL with its one superuser."""

    socket_folder: Path
    password: str | None
    child: children.Child

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of a database, as the superuser."""
        return socket_url(self.socket_folder, database, self.password)

    def stop(self) -> None:
        """Stop it; a throwaway cluster's data is gone afterwards."""
        self.child.stop()


def socket_url(socket_folder: Path, database: str, password: str | None, login: str = SUPERUSER) -> str:
    """Return the SQLAlchemy URL of a database behind the socket in that folder."""
    secret = "" if password is None else f":{quote(password, safe='')}"
    return f"postgresql+psycopg://{login}{secret}@/{database}?host={quote(str(socket_folder), safe='/')}"


def let_in(cluster: Cluster, folder: Path, login: str) -> None:
    """Let a login of the kept cluster in `folder` in by a password of its own; made with the login, on first use."""
    file = folder / f"password-{login}"
    if file.exists():
        return
    password = secrets.token_urlsafe(24)
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [login]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(login)))
        terms = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(password))
        connection.execute(terms)
    _write_private(file, password, places.server_user())


def start_kept(folder: Path) -> Cluster:
    """Start the cluster whose data stays in `folder`, made on first use; the caller holds off other starters."""
    user = places.server_user()
    found = binaries.find_postgres(user)
    data, password_file = folder / "data", folder / "password"
    if not data.exists():
        _write_private(password_file, secrets.token_urlsafe(24), user)
        initialise(found, data, user, "--auth=scram-sha-256", f"--pwfile={password_file}")
    _refuse_other_major(data, found)
    socket_folder = places.temporary_folder(user)
    log = folder / "log"
    log.unlink(missing_ok=True)
    child = children.start(
        "PostgreSQL",
        command(found, data, socket_folder, SERVER_OPTIONS),
        user=user,
        folder=folder,
        stop_signal=signal.SIGINT,
        log=log,
        remove=[socket_folder],
    )
    _wait_until_ready(child, data, log)
    return Cluster(socket_folder, password_file.read_text(), child)


def start_throwaway() -> Cluster:
    """Start an empty cluster that is gone when it is stopped or when this process ends. No password: private folder."""
    user = places.server_user()
    found = binaries.find_postgres(user)
    folder = places.temporary_folder(user)
    data, log = folder / "data", folder / "log"
    try:
        initialise(found, data, user, "--auth=trust", "--no-sync")
        child = children.start(
            "PostgreSQL",
            command(found, data, folder, SERVER_OPTIONS + THROWAWAY_OPTIONS),
            user=user,
            folder=folder,
            stop_signal=signal.SIGQUIT,
            log=log,
            remove=[folder],
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _wait_until_ready(child, data, log)
    return Cluster(folder, None, child)


def running_cluster(folder: Path) -> Path | None:
    """Return the socket's folder of the kept cluster in `folder` if it runs now, started by another process."""
    try:
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    socket_folder = Path(lines[4])
    return socket_folder if socket_folder.is_dir() else None


def kept_url(folder: Path, socket_folder: Path, database: str, login: str = SUPERUSER) -> str:
    """Return the URL of a database of the kept cluster in `folder`, for the superuser or one who was let in."""
    file = folder / ("password" if login == SUPERUSER else f"password-{login}")
    return socket_url(socket_folder, database, file.read_text(), login)


def initialise(found: binaries.Postgres, data: Path, user: places.User | None, *options: str) -> None:
    """Make the data folder; under its final name it is either complete or not there."""
    making = data.with_name("data-unfinished")
    shutil.rmtree(making, ignore_errors=True)
    # Collation by code point is the same on every system; before 17 only the C library has it.
    locale = ["--locale=C"]
    if found.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = places.run_as(
        user,
        [
            found.folder / "initdb",
            f"--pgdata={making}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--data-checksums",
            "--no-instructions",
            *locale,
            *options,
        ],
    )
    if done.returncode != 0:
        raise Trouble(f"PostgreSQL could not set up its data in {data.parent}: {_last_line(done.stderr)}")
    making.rename(data)


def command(found: binaries.Postgres, data: Path, socket_folder: Path, options: tuple[str, ...]) -> list[str | Path]:
    """Return the words that start the server on this data."""
    chosen = (*options, f"unix_socket_directories={socket_folder}")
    return [found.folder / "postgres", "-D", data, *(part for option in chosen for part in ("-c", option))]


def _refuse_other_major(data: Path, found: binaries.Postgres) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != str(found.major):
        raise Trouble(
            f"The data in {data} was made by PostgreSQL {made_by} and {found.folder} has {found.version}: "
            "move that folder away to begin anew, or set DATABASE_URL."
        )


def _wait_until_ready(child: children.Child, data: Path, log: Path) -> None:
    """Wait for the line with which PostgreSQL itself says that it takes connections."""
    status = data / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while child.exit_code() is None and time.monotonic() < deadline:
        lines = status.read_text().splitlines() if status.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        time.sleep(0.01)
    last = _last_line(log.read_text(errors="replace")) if log.exists() else "it wrote no log"
    child.stop()
    raise Trouble(f"PostgreSQL did not start: {last}")


def _write_private(path: Path, text: str, user: places.User | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if user is not None:
        os.chown(path, user.uid, user.gid)


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else "it said nothing"
