"""A backup, three erasures, the loss of everything, and the restore.

What must be there again is compared row by row and file by file, what must not is looked for everywhere.
"""

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url, text

from hep_api.adherence.proving.differences import differences_of, snapshot_of
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.settings import Settings
from tests.world import Person, World
from torture.proof import Order, Outcome
from torture.recovery import sums
from torture.recovery.filling import fill
from torture.recovery.puller import Puller
from torture.recovery.scripts import Ran, Scripts
from torture.recovery.shapes import Shape, shape_of
from torture.remote import remote_world
from torture.rights.places import Told, erase, kept_files, make_told
from torture.stage import TEMPLATE, Process, Stage, plain

FURNISHED = "hep_torture_furnished"
TURN = 10
CLINICS = 3
# What is broken here is broken in these; the script starts each anew, which takes its time.
STEPS_OF_BUILDS = (("erasures", "reapply"), ("sync", "begin-anew"))
COUNTED_ANEW = 12
# What may go on knowing an erased patient's id, without a word of theirs: who was erased, and who did what.
TOMBSTONES = {"member", "patient", "erasure", "emergency_access", "audit_entry", "job"}
FEWEST_TABLES_OF_A_PATIENT = 15
SAMPLE = text("SELECT id FROM patient WHERE clinic_id = :clinic_id ORDER BY md5(id::text || :seed) LIMIT :amount")


def furnished(stage: Stage) -> Settings:
    """Return the settings of an installation with the starter set, which is loaded once a run."""
    settings = with_journal(stage.settings())
    with turn_at(stage) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [FURNISHED]).fetchone() is None:
            stage.execute(f"CREATE DATABASE {FURNISHED} TEMPLATE {TEMPLATE}")
            done = stage.flask(replace(settings, database_url=stage.cluster.url(FURNISHED)), "", "database", "upgrade")
            assert done.code == 0, done.errors
        name = make_url(settings.database_url).database
        stage.execute(f'DROP DATABASE "{name}"')
        stage.execute(f'CREATE DATABASE "{name}" TEMPLATE {FURNISHED}')
    return settings


@contextmanager
def turn_at(stage: Stage) -> Iterator[psycopg.Connection[Any]]:
    """Let nobody else change what all databases of the cluster have in common, as roles, for the block."""
    with psycopg.connect(plain(stage.cluster.url()), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TURN])
        yield connection


def with_journal(settings: Settings) -> Settings:
    """Return the settings with a journal of erasures where no restore reaches."""
    return replace(settings, erasure_journal_folder=str(settings.files_folder.parent / "journal"))


class Recovery:
    """One installation, which is lost and comes back."""

    def __init__(self, stage: Stage, order: Order, outcome: Outcome) -> None:
        self.stage, self.order = stage, order
        self.complaints, self.figures = outcome.complaints, outcome.figures
        self.settings = furnished(stage)
        self.url = plain(self.settings.database_url)
        self.scripts = Scripts(stage, self.settings, order.broken)
        self.processes: list[Process] = []
        self.world: World
        self.told: list[Told]
        self.lead: Person
        self.puller: Puller
        self.sums: sums.Sums
        self.shape: Shape
        self.digests: dict[str, str]

    def run(self) -> None:
        """Go through all of it, up to the first step that gives a complaint."""
        for step in (
            self.make,
            self.back_up,
            self.erase_three,
            self.lose_everything,
            self.restore_rows,
            self.take_steps,
            self.look_for_the_erased,
            self.look_at_the_others,
            self.count_anew,
        ):
            step()
            if self.complaints:
                break
        self._stop()

    def make(self) -> None:
        """Make an installation with words in every table, files, an audit, and as many events as are promised."""
        with turn_at(self.stage):
            self._check("the roles", self.scripts.make_roles())
        self._start()
        self.told = make_told(self.world, self.order.amount(CLINICS, CLINICS, 1))
        events = self.order.amount(1_000_000, 20_000, 500)
        self.lead = fill(self.world, self.url, events, self.order.lots)
        self.puller = Puller(self.world)

    def back_up(self) -> None:
        """Back up, and keep by sums and digests what there was."""
        self._stop()
        self.sums, self.digests = sums.sums_of(self.url), sums.digests_of(self.settings.files_folder)
        self.shape = self._shape()
        ran = self.scripts.back_up()
        self._check("the backup", ran)
        if ran.code == 0:
            self.figures |= {
                "events": self.sums["adherence_event"][0],
                "rows": sum(count for count, _ in self.sums.values()),
                "tables": len(self.sums),
                "files": len(self.digests),
                "backup_seconds": round(ran.seconds, 1),
                "backup_megabytes": round(self.scripts.megabytes(), 1),
            }

    def erase_three(self) -> None:
        """Let the product go on: one patient of each clinic is erased, and a plan is changed that a phone pulls."""
        self._start()
        for told in self.told[::2]:
            erase(told)
        self.figures["erased_after_the_backup"] = len(self.told[::2])
        self.puller.go_on()

    def lose_everything(self) -> None:
        """Remove the database and the files; what stays is the backup, the keys, and the journal of erasures."""
        self._stop()
        name = make_url(self.settings.database_url).database
        self.stage.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        self.stage.execute(f'CREATE DATABASE "{name}" OWNER hep_owner TEMPLATE template0')
        shutil.rmtree(self.settings.files_folder)

    def restore_rows(self) -> None:
        """Restore, and compare with what was kept, before the product touches anything."""
        ran = self.scripts.restore("rows")
        self._check("the restore", ran)
        if ran.code == 0:
            self.figures["restore_seconds"] = round(ran.seconds, 1)
            self.complaints += self._shape().differences(self.shape)
            self.complaints += sums.differing(self.sums, sums.sums_of(self.url))
            if sums.digests_of(self.settings.files_folder) != self.digests:
                self.complaints.append("the files are not those that were backed up")
            [known] = sums.tables_with(self.url, [f"{self.told[0].word}-"]).values()
            if len(known) < FEWEST_TABLES_OF_A_PATIENT:
                self.complaints.append(f"of who will be erased again there is something in {len(known)} tables only")

    def take_steps(self) -> None:
        """Do what the product has to do before anybody signs in."""
        if self.order.broken:
            for words in STEPS_OF_BUILDS:
                assert self.stage.flask(self.settings, self.order.broken, *words).code == 0
            return
        ran = self.scripts.restore("steps")
        self._check("the steps after the restore", ran)
        self.figures["steps_seconds"] = round(ran.seconds, 1)

    def look_for_the_erased(self) -> None:
        """Look for whoever was erased in every table and in every file; all others are still there."""
        erased, spared = self.told[::2], self.told[1::2]
        may_stay: dict[str, set[str]] = {
            **{f"{told.word}-": set() for told in erased},
            **{str(told.patient.patient_id): TOMBSTONES for told in erased},
            **{str(told.patient.account_id): {"audit_entry"} for told in erased},
        }
        tables = sums.tables_with(self.url, [*may_stay, *(f"{told.word}-" for told in spared)])
        found = [table for word, most in may_stay.items() for table in sorted(tables[word] - most)]
        searched = 0
        for path, content in kept_files([self.settings.files_folder, Path(self.settings.erasure_journal_folder)]):
            searched += 1
            found += [path for told in erased if f"{told.word}-".encode() in content]
        self.figures |= {"files_searched": searched, "left_of_the_erased": len(found)}
        self.complaints += [f"something of the erased is back in {place}" for place in found]
        for told in spared:
            if len(tables[f"{told.word}-"]) < FEWEST_TABLES_OF_A_PATIENT:
                self.complaints.append(f"{told.word} has lost something by the erasure of others")

    def look_at_the_others(self) -> None:
        """Let everybody else go on: they are signed in, know what they knew, and phones start anew."""
        self._start()
        for told in self.told:
            status, wanted = told.patient.http.get("/v1/me").status_code, 401 if told in self.told[::2] else 200
            if status != wanted:
                self.complaints.append(f"{told.word} gets {status} in place of {wanted}")
        self.complaints += self.puller.start_anew()
        self.complaints += [line for process in self.processes for line in process.unforeseen()]

    def count_anew(self) -> None:
        """Count patients drawn by lot from the raw rows, and compare with what is stored."""
        asked = {"clinic_id": self.lead.clinic_id, "seed": str(self.order.seed), "amount": COUNTED_ANEW}
        with self.world.transaction() as session:
            patients = session.scalars(SAMPLE, asked).all()
        for patient_id in patients:
            with self.world.app.app_context(), transaction() as session:
                snapshot_of(session, self.lead.clinic_id)
                if found := differences_of(session, self.lead.clinic_id, patient_id, clock.now()):
                    self.complaints.append(f"{len(found)} counts of {patient_id} differ from the raw rows: {found[0]}")
        self.figures["patients_counted_anew"] = len(patients)

    def _start(self) -> None:
        webs = [self.stage.web(self.settings, self.order.broken)]
        self.processes = [*webs, self.stage.worker(self.settings, self.order.broken)]
        if not hasattr(self, "world"):
            self.world = remote_world(self.settings, webs)
        self.world.app.extensions["torture_ports"] = itertools.repeat(webs[0].port)

    def _stop(self) -> None:
        for process in self.processes:
            process.child.stop()
        self.world.app.extensions["hep_database"].engine.dispose()

    def _shape(self) -> Shape:
        with psycopg.connect(self.url) as look:
            return shape_of(look, with_rights=True)

    def _check(self, what: str, ran: Ran) -> None:
        if ran.code:
            self.complaints.append(f"{what} ended with {ran.code}: {_last(ran.said.splitlines())}")


def _last(lines: Sequence[str]) -> str:
    return " / ".join(line for line in lines[-3:])[-300:]
