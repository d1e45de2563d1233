"""Patients of whom there is something in every table, each with canaries of their own, as in tests/rights.

Here the requests go to web processes, and a worker of its own builds the packages and carries the erasures out.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import text

from tests.rights import planting, story
from tests.rights.conftest import Place, make_place
from tests.world import Person, World

PATIENCE_SECONDS = 60
DUE = text("SELECT count(*) FROM job WHERE finished_at IS NULL AND run_at <= now() + interval '1 second'")
MAKE_DUE = text("UPDATE job SET run_at = now() WHERE kind = 'rights.carry_out_erasure'")


class WorkedPlace(Place):
    """A place whose jobs are run by a worker process."""

    def run_jobs(self) -> int:
        """Wait until the worker has done what is due."""
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            with self.world.transaction() as session:
                if session.execute(DUE).scalar_one() == 0:
                    return 0
            sleep(0.05)
        raise AssertionError("the worker has not done what was due")


@dataclass
class Told:
    """A patient, the word that all of their canaries begin with, and where they are treated."""

    word: str
    place: Place
    patient: Person


def make_told(world: World, clinics: int) -> list[Told]:
    """Make two patients in each clinic, and plant their canaries."""
    told: list[Told] = []
    for number in range(clinics):
        made = make_place(world)
        place = WorkedPlace(**vars(made))
        # `path` and the like are about `place.patient`; the neighbour gets a place in which they are the patient.
        beside = WorkedPlace(**{**vars(made), "patient": made.neighbour, "neighbour": made.patient})
        told += [Told(f"p{number}q", place, place.patient), Told(f"n{number}q", beside, beside.patient)]
    for each in told:
        story.tell(each.place, each.patient)
    told[0].place.run_jobs()
    with world.transaction() as session:
        for each in told:
            planting.plant(session, each.word, each.patient.patient_id, each.patient.account_id)
    return told


def erase(told: Told) -> None:
    """Ask for an erasure, approve it, and let the worker carry it out without the ten minutes of taking it back."""
    place = told.place
    erasure_id = place.ask_for_erasure(told.patient, f"{told.word}-words-canary")
    place.step_up(place.owner)
    assert place.decide(erasure_id).status_code == 200
    with place.world.transaction() as session:
        session.execute(MAKE_DUE)
    place.run_jobs()


def kept_files(folders: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield every file that the product keeps, packages unpacked."""
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        yield str(file), content
        if zipfile.is_zipfile(io.BytesIO(content)):
            unpacked = zipfile.ZipFile(io.BytesIO(content))
            yield from ((f"{file}/{name}", unpacked.read(name)) for name in unpacked.namelist())
