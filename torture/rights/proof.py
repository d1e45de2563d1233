"""R11: everybody's export is fetched and searched; then half are erased, and everything that is kept is searched."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hep_api.foundation.settings import Settings
from tests.rights import planting
from tests.rights.test_wholeness import NOT_EXPORTED
from tests.world import World
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.rights.places import Told, erase, kept_files, make_told
from torture.stage import Stage

# What may go on knowing an erased patient's id, without a word of theirs: who was erased, and who did what.
TOMBSTONES = {"member", "patient", "erasure", "emergency_access", "audit_entry", "job"}

TO = re.compile(rb"^To: .*\r?\n", re.MULTILINE)


def prove(stage: Stage, order: Order) -> Outcome:
    """Export all, erase half, and look for every canary everywhere."""
    settings = stage.settings()
    folder = settings.files_folder.parent
    settings = replace(settings, erasure_journal_folder=str(folder / "journal"))
    webs = [stage.web(settings, order.broken) for _ in range(order.amount(2, 2, 1))]
    worker = stage.worker(settings, order.broken)
    world = remote_world(settings, webs)
    told = make_told(world, order.amount(4, 2))
    counts: Counter[str] = Counter(canaries_missing=0, canaries_of_others=0, left_after_erasure=0)
    complaints = [complaint for each in told for complaint in _export(each, told, counts)]
    erased, spared = told[::2], told[1::2]
    for each in erased:
        erase(each)
    complaints += _look_for(world, settings, erased, counts)
    complaints += _look_at_spared(world, spared)
    unforeseen = [line for process in (*webs, worker) for line in process.unforeseen()]
    counts["patients_exported"], counts["patients_erased"] = len(told), len(erased)
    value = counts["canaries_missing"] + counts["canaries_of_others"] + counts["left_after_erasure"]
    return Outcome(value, dict(counts), [*complaints, *unforeseen])


def _export(told: Told, everyone: list[Told], counts: Counter[str]) -> Iterator[str]:
    """The patient's own export, by the doors."""
    package = told.place.exported(told.patient)
    said = {ending: _words(package, ending) for ending in (".json", ".csv")}
    for name, *_ in planting.planted_columns():
        for ending in (ending for ending in said if name not in NOT_EXPORTED):
            counts["canaries_looked_for"] += 1
            if planting.canary(told.word, name) not in said[ending]:
                counts["canaries_missing"] += 1
                yield f"the export of {told.word} has no {name} in its {ending}"
    whole = _words(package, "") + "".join(package.namelist())
    for other in (other for other in everyone if other is not told):
        for foreign in (f"{other.word}-", str(other.patient.patient_id), str(other.patient.account_id)):
            if foreign in whole:
                counts["canaries_of_others"] += 1
                yield f"the export of {told.word} has {foreign} in it"


def _words(package: zipfile.ZipFile, ending: str) -> str:
    names = [name for name in package.namelist() if name.endswith(ending)]
    return "\n".join(package.read(name).decode("utf-8-sig", "replace") for name in names)


def _look_for(world: World, settings: Settings, erased: list[Told], counts: Counter[str]) -> Iterator[str]:
    """Look for the erased in every table, every job, every file and letter, and among those who may sign in."""
    folders = [settings.files_folder, settings.mail_folder, Path(settings.erasure_journal_folder)]
    for told in erased:
        found = []
        with world.transaction() as session:
            found += planting.tables_with(session, f"{told.word}-")
            found += set(planting.tables_with(session, str(told.patient.patient_id))) - TOMBSTONES
            found += set(planting.tables_with(session, str(told.patient.account_id))) - {"audit_entry"}
        for path, content in kept_files(folders):
            counts["files_searched"] += 1
            if f"{told.word}-".encode() in _unaddressed(content):
                found.append(path)
        if told.patient.http.get("/v1/me").status_code != 401:
            found.append("a sign-in that stands")
        counts["left_after_erasure"] += len(found)
        yield from (f"after the erasure of {told.word} something is left in {place}" for place in found)


def _unaddressed(content: bytes) -> bytes:
    """Return what is in a file but for whom a letter is to: it was sent to them, of their export or their erasure."""
    return TO.sub(b"", content, count=1)


def _look_at_spared(world: World, spared: list[Told]) -> Iterator[str]:
    for told in spared:
        with world.transaction() as session:
            if len(planting.tables_with(session, f"{told.word}-")) < 15:
                yield f"the erasure of others has taken something of {told.word}"
        if told.patient.http.get("/v1/me").status_code != 200:
            yield f"{told.word} was signed out by the erasure of others"


R11 = Proof(
    "R11",
    "export finds all, erasure leaves nothing",
    prove,
    broken=("export_forgets_messages", "export_of_the_clinic", "erasure_forgets_messages", "erasure_forgets_files"),
)
