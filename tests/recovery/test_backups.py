"""deploy/backup.sh and deploy/restore.sh: what they make is whole or not there, and goes back into an empty place only.

With a million events, erasures and the product's own steps it is R10 (`make torture-R10`).
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.recovery.installation import DEPLOY, Installation

# Stands for age or gpg, which are not on every machine.
SEAL, OPEN = r"tr '\000-\377' '\001-\377\000'", r"tr '\001-\377\000' '\000-\377'"
# What is written while a dump runs.
LATER = (
    "INSERT INTO location (clinic_id, id, name, created_at)"
    " SELECT id, gen_random_uuid(), 'Later', now() FROM clinic LIMIT 1"
)
# Names that a shell would take apart, if it could.
PICTURE, LETTER = "clinics/a/a 'picture' \\* of $us.jpg", "clinics/b/letter.pdf"


@dataclass(frozen=True)
class Place:
    """A file store, a folder for backups, and an empty database to restore into."""

    installation: Installation
    folder: Path

    @property
    def backups(self) -> Path:
        return self.folder / "back ups"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def put(self, name: str, content: str) -> None:
        file = self.store / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def back_up(self, **settings: str | Path) -> "subprocess.CompletedProcess[str]":
        given: dict[str, str | Path] = {"HEP_BACKUP_FOLDER": self.backups, "HEP_FILES_FOLDER": self.store}
        return self.installation.run("backup.sh", **(given | settings))

    def whole(self) -> list[Path]:
        return sorted(each for each in self.backups.iterdir() if not each.name.startswith("."))

    def made(self, name: str = "", **settings: str) -> Path:
        """Make a backup; give it another time's name, so that the next one may be made at once."""
        done = self.back_up(**settings)
        assert (done.returncode, done.stderr) == (0, ""), done
        newest = max(self.whole(), key=lambda each: each.stat().st_ctime_ns)
        return newest.rename(self.backups / name) if name else newest

    def restore(self, backup: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
        url = self.installation.url("hep_migrator", "again")
        given = {"DATABASE_URL": url, "HEP_FILES_FOLDER": str(self.folder / "restored")}
        return self.installation.run("restore.sh", backup, "rows", **(given | settings))


@pytest.fixture
def place(installation: Installation, tmp_path: Path) -> Place:
    place = Place(installation, tmp_path)
    place.backups.mkdir()
    place.put(PICTURE, "a picture")
    place.put(LETTER, "a letter")
    place.put("clinics/b/unfinished.pdf#1", "half a let")
    return place


@pytest.fixture
def empty(installation: Installation) -> Iterator[None]:
    """An empty database to restore into."""
    with installation.connected("postgres", "postgres") as connection:
        connection.execute("CREATE DATABASE again OWNER hep_owner")
        yield
        connection.execute("DROP DATABASE again WITH (FORCE)")


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_backed_up_comes_back_into_an_empty_place_only(place: Place, sealed: bool) -> None:
    metrics = place.folder / "backup.prom"
    backup = place.made(HEP_BACKUP_METRICS=str(metrics), **({"HEP_BACKUP_SEAL": SEAL} if sealed else {}))
    assert "hep_backup_finished_timestamp_seconds 1" in metrics.read_text()
    assert (b"location" in (backup / "database").read_bytes()) != sealed
    assert ((backup / "files" / LETTER).read_bytes() == b"a letter") != sealed
    assert all(each.stat().st_mode & 0o077 == 0 for each in (backup, *backup.rglob("*")))
    opening = {"HEP_BACKUP_OPEN": OPEN} if sealed else {}
    done = place.restore(backup, **opening)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    restored = place.folder / "restored"
    found = {str(file.relative_to(restored)): file.read_text() for file in restored.rglob("*") if file.is_file()}
    assert found == {PICTURE: "a picture", LETTER: "a letter"}
    with place.installation.connected("hep_app", "again") as connection:
        clinic_id = str(place.installation.clinics[1])
        connection.execute("SELECT set_config('app.clinic_id', %s, false)", [clinic_id])
        assert [str(row[0]) for row in connection.execute("SELECT clinic_id FROM location")] == [clinic_id]
    assert (backup / "heads").read_text().startswith(f"clinic-{place.installation.clinics[0]} 1:")
    again = place.restore(backup, **opening)
    assert (again.returncode, "the database is not empty" in again.stderr) == (2, True), again


@pytest.mark.usefixtures("empty")
def test_rows_that_are_not_those_that_were_counted_are_not_taken_for_whole(place: Place) -> None:
    """As when a table is left out of the dump: what is restored is held against what was counted."""
    backup = place.made()
    manifest = (backup / "manifest").read_text()
    (backup / "manifest").write_text(manifest.replace("table location 2", "table location 3"))
    summing = "sha256sum database files.sha256 heads listing manifest > SHA256SUMS"
    subprocess.run(["sh", "-c", summing], cwd=backup, check=True)
    shutil.copytree(place.store, place.folder / "restored")
    refused = place.restore(backup)
    assert (refused.returncode, "restored is not empty" in refused.stderr) == (2, True), refused
    shutil.rmtree(place.folder / "restored")
    done = place.restore(backup)
    assert (done.returncode, "the backup has: location 3" in done.stderr) == (1, True), done


def test_files_that_are_as_they_were_take_no_room_again_and_what_is_gone_is_in_no_new_backup(place: Place) -> None:
    first = place.made("20200101T000000Z", HEP_BACKUP_KEPT_DAYS="99999")
    place.put(LETTER, "another letter")
    place.put("clinics/c/new.pdf", "new")
    second = place.made("20200102T000000Z", HEP_BACKUP_KEPT_DAYS="99999")
    assert (first / "files" / PICTURE).samefile(second / "files" / PICTURE)
    assert [(each / "files" / LETTER).read_text() for each in (first, second)] == ["a letter", "another letter"]
    for each, count in ((first, 2), (second, 3)):
        checking = ["sha256sum", "--check", "--quiet", "../files.sha256"]
        assert subprocess.run(checking, cwd=each / "files", check=False).returncode == 0
        assert len((each / "files.sha256").read_text().splitlines()) == count
    (place.store / PICTURE).unlink()
    failed = place.back_up(PGDATABASE="nowhere", HEP_BACKUP_KEPT_DAYS="1")
    assert (failed.returncode, place.whole()) == (1, [first, second])
    third = place.made(HEP_BACKUP_KEPT_DAYS="1")
    assert place.whole() == [third], "old ones go once a newer one stands"
    assert not (third / "files" / PICTURE).exists()


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({"PGDATABASE": "nowhere"}, 1, "could not be read"),
        ({"PGUSER": "hep_reader"}, 1, "could not be dumped"),
        ({"HEP_BACKUP_SEAL": "false"}, 1, "could not be sealed"),
        ({"HEP_BACKUP_FOLDER": "/nowhere"}, 2, "is no folder"),
        ({"HEP_BACKUP_FOLDER": "tests"}, 2, "begins with /"),
        ({"HEP_FILES_FOLDER": "tests"}, 2, "begins with /"),
        ({"HEP_BACKUP_KEPT_DAYS": "a week"}, 2, "number of days"),
    ],
)
def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(
    place: Place, settings: dict[str, str], code: int, said: str
) -> None:
    metrics = place.folder / "backup.prom"
    done = place.back_up(HEP_BACKUP_METRICS=metrics, **settings)
    assert (done.returncode, said in done.stderr) == (code, True), done
    assert [each for each in place.backups.iterdir() if each.name != ".lock"] == []
    assert not metrics.exists()


def test_two_are_not_made_at_the_same_time(place: Place) -> None:
    with (place.backups / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = place.back_up()
    assert (refused.returncode, "another one is being made" in refused.stderr) == (3, True), refused


def test_a_damaged_backup_is_refused(place: Place) -> None:
    whole = place.made()
    damages: dict[str, Callable[[Path], object]] = {
        "the backup is damaged": lambda backup: (backup / "database").write_bytes(b"x"),
        "files of the backup are damaged or gone": lambda backup: (backup / "files" / PICTURE).unlink(),
        "is no backup of this kind": lambda backup: (backup / "manifest").unlink(),
    }
    for number, (said, damage) in enumerate(damages.items()):
        backup = Path(shutil.copytree(whole, place.folder / f"damaged-{number}"))
        damage(backup)
        done = place.restore(backup)
        assert (done.returncode, said in done.stderr) == (2, True), done
    done = place.restore(whole, HEP_FILES_FOLDER="restored")
    assert (done.returncode, "begins with /" in done.stderr) == (2, True), done


@pytest.mark.usefixtures("empty")
def test_a_snapshot_is_one_moment_and_a_store_without_a_file_is_one_too(place: Place) -> None:
    """What is written while the dump runs is in neither the dump nor the counts."""
    shutil.rmtree(place.store)
    place.store.mkdir()
    backup = place.made(HEP_BACKUP_SEAL=f'psql -q -U postgres -c "{LATER}" && cat')
    assert "table location 2\n" in (backup / "manifest").read_text()
    with place.installation.connected("postgres") as connection:
        assert connection.execute("DELETE FROM location WHERE name = 'Later'").rowcount == 1
    done = place.restore(backup, HEP_BACKUP_OPEN="cat")
    assert (done.returncode, done.stderr) == (0, ""), done
    with place.installation.connected("hep_backup", "again") as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM location")] == ["Main", "Main"]


def test_the_scripts_can_be_called() -> None:
    assert all(os.access(DEPLOY / script, os.X_OK) for script in ("backup.sh", "restore.sh"))
