"""PostgreSQL is there without being installed, keeps what it must, and lets nobody else in."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from development import places, postgres
from development.trouble import Trouble
from tests.development.leftovers import processes_about


@pytest.fixture(scope="module")
def started_once() -> Iterator[Path]:
    """The folder of a cluster whose data stays, after its first start."""
    folder = places.temporary_folder(places.server_user())
    postgres.start_kept(folder).stop()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def kept(started_once: Path) -> Iterator[Path]:
    """A copy of it, with the same owner."""
    folder = places.temporary_folder(places.server_user())
    subprocess.run(["cp", "-Rp", f"{started_once}/.", folder], check=True)
    yield folder
    shutil.rmtree(folder)


def ask(cluster: postgres.Cluster, question: LiteralString) -> tuple[object, ...] | None:
    """Ask as the superuser, and return the first row of the answer."""
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone() if cursor.description else None


def test_a_throwaway_cluster_compares_by_code_point_checks_its_pages_and_is_gone_after() -> None:
    cluster = postgres.start_throwaway()
    try:
        found = ask(
            cluster,
            "SELECT current_setting('server_encoding'), current_setting('data_checksums'), 'Z' < 'a'",
        )
    finally:
        cluster.stop()
    assert found == ("UTF8", "on", True)
    assert not cluster.socket_folder.exists()
    assert processes_about(cluster.socket_folder) == []


def test_a_cluster_without_a_password_is_behind_a_private_folder_and_on_no_network() -> None:
    cluster = postgres.start_throwaway()
    try:
        listens_to = ask(cluster, "SELECT current_setting('listen_addresses')")
        mode = stat.S_IMODE(cluster.socket_folder.stat().st_mode)
    finally:
        cluster.stop()
    assert listens_to == ("",)
    assert mode == 0o700


def test_a_kept_cluster_has_its_rows_and_its_password_at_the_next_start(kept: Path) -> None:
    first = postgres.start_kept(kept)
    ask(first, "CREATE TABLE note AS SELECT 'stays' AS text")
    first.stop()
    assert not first.socket_folder.exists()

    second = postgres.start_kept(kept)
    try:
        assert ask(second, "SELECT text FROM note") == ("stays",)
    finally:
        second.stop()
    assert second.password == first.password
    assert stat.S_IMODE((kept / "password").stat().st_mode) == 0o600
    assert processes_about(kept) == []


def test_a_kept_cluster_refuses_a_wrong_password(kept: Path) -> None:
    cluster = postgres.start_kept(kept)
    wrong = postgres.socket_url(cluster.socket_folder, "postgres", "wrong").replace("+psycopg", "")
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        assert ask(cluster, "SELECT 1") == (1,)
    finally:
        cluster.stop()


def test_another_process_finds_the_running_cluster_and_only_the_running_one(kept: Path) -> None:
    assert postgres.running_cluster(kept) is None
    cluster = postgres.start_kept(kept)
    assert postgres.running_cluster(kept) == cluster.socket_folder
    cluster.stop()
    assert postgres.running_cluster(kept) is None


def test_a_login_that_was_let_in_comes_in_by_its_own_password_and_sees_no_more_than_it_may(kept: Path) -> None:
    cluster = postgres.start_kept(kept)
    try:
        for _ in range(2):
            postgres.let_in(cluster, kept, "hep_app")
        url = postgres.kept_url(kept, cluster.socket_folder, "postgres", "hep_app").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            asked = "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
            assert connection.execute(asked).fetchone() == ("hep_app", False)
        assert stat.S_IMODE((kept / "password-hep_app").stat().st_mode) == 0o600
    finally:
        cluster.stop()


def test_data_of_another_major_version_is_refused_and_left_alone(kept: Path) -> None:
    version = kept / "data" / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(Trouble, match=r"made by PostgreSQL 12 .* set DATABASE_URL"):
        postgres.start_kept(kept)
    assert version.read_text() == "12\n"
    assert processes_about(kept) == []


def test_an_interrupted_set_up_is_begun_anew(kept: Path) -> None:
    (kept / "data").rename(kept / "data-unfinished")
    cluster = postgres.start_kept(kept)
    try:
        assert ask(cluster, "SELECT 1") == (1,)
    finally:
        cluster.stop()
    assert not (kept / "data-unfinished").exists()


def test_what_postgresql_says_is_told_when_it_does_not_start(kept: Path) -> None:
    with (kept / "data" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = nonsense\n")
    with pytest.raises(Trouble, match=r"PostgreSQL did not start: .*"):
        postgres.start_kept(kept)
    assert processes_about(kept) == []
