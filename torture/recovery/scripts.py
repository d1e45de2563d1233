"""deploy's scripts, called as whoever hosts calls them; of a broken build, as it has them."""

import importlib
import os
import pwd
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from development import binaries, places
from hep_api.foundation.settings import Settings
from torture.broken import BROKEN
from torture.stage import ROOT, Stage, environment

DEPLOY = ROOT / "deploy"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a script ended, what it said, and how long it took."""

    code: int
    said: str
    seconds: float


class Scripts:
    """The scripts with these settings, and a folder for backups."""

    def __init__(self, stage: Stage, settings: Settings, broken: str) -> None:
        self._stage = stage
        self._settings = settings
        self._broken = broken
        self.programs = binaries.find_postgres(places.server_user()).folder
        self.backups = settings.files_folder.parent / "backups"
        self.backups.mkdir(parents=True)

    def make_roles(self) -> Ran:
        """Run deploy/roles.sql as the administrator."""
        return self._run([self.programs / "psql", "-X", "-q", "-f", DEPLOY / "roles.sql"], PGUSER="postgres")

    def back_up(self) -> Ran:
        return self._run(["sh", self._script("backup.sh")], PGUSER="hep_backup", HEP_BACKUP_FOLDER=str(self.backups))

    def restore(self, half: str) -> Ran:
        """Restore the newest backup, as the migrator; `half` is of rows or of steps."""
        newest = max(self.backups.glob("2*"))
        migrator = (
            make_url(self._settings.database_url).set(username="hep_migrator").render_as_string(hide_password=False)
        )
        return self._run(
            ["sh", DEPLOY / "restore.sh", newest, half],
            HEP_DATABASE_MIGRATOR_URL=migrator,
            HEP_RESTORE_COUNT="none",
            HEP_USER=pwd.getpwuid(os.geteuid()).pw_name,
            FLASK_APP="torture.entry",
        )

    def megabytes(self) -> float:
        """Return what the newest backup takes."""
        return sum(file.stat().st_size for file in max(self.backups.glob("2*")).rglob("*") if file.is_file()) / 1e6

    def _script(self, name: str) -> Path:
        """Return the script, or the build's own."""
        build = importlib.import_module(f"torture.broken.{self._broken}") if self._broken else None
        part, instead = getattr(build, "SCRIPTS", {}).get(name, ("", ""))
        if not part:
            return DEPLOY / name
        whole = (DEPLOY / name).read_text()
        if part not in whole:
            raise LookupError(f"{name} has no {part!r} to be broken")
        script = self.backups.parent / name
        script.write_text(whole.replace(part, instead))
        return script

    def _run(self, command: list[str | Path], **given: str) -> Ran:
        url = make_url(self._settings.database_url)
        own = {
            "PGBIN": str(self.programs),
            "PGHOST": str(self._stage.cluster.socket_folder),
            "PGDATABASE": str(url.database),
            BROKEN: self._broken,
        }
        began = time.monotonic()
        done = subprocess.run(
            command,
            env=environment(self._settings) | own | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, time.monotonic() - began)
