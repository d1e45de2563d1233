"""R10: what was backed up is there again after everything was removed; and every migration goes down, up and down."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import make_url

from tests.rights import story
from tests.rights.conftest import make_place
from torture.broken import BROKEN
from torture.proof import Order, Outcome, Proof
from torture.recovery.recovering import Recovery, with_journal
from torture.remote import remote_world
from torture.stage import ROOT, Stage, environment

# Which builds are tried by the walk over the migrations; the others by the restore.
OF_MIGRATIONS = ("downgrade_leaves_a_function", "downgrade_takes_too_much")


def prove(stage: Stage, order: Order) -> Outcome:
    """Walk the migrations beside the restore; a broken build is tried by the half that it concerns."""
    outcome = Outcome()
    with ThreadPoolExecutor(1) as beside:
        walking = None
        if not order.broken or order.broken in OF_MIGRATIONS:
            walking = beside.submit(_walk, order, environment(stage.settings()), _with_rows(stage), _empty(stage))
        if order.broken not in OF_MIGRATIONS:
            Recovery(stage, order, outcome).run()
        if walking is not None:
            walked = walking.result()
            outcome.figures |= walked.figures
            outcome.complaints += walked.complaints
    outcome.value = len(outcome.complaints)
    return outcome


def _with_rows(stage: Stage) -> str:
    """Make a database with two patients of whom there is something in nearly every table; return its URL."""
    settings = with_journal(stage.settings())
    place = make_place(remote_world(settings, [stage.web(settings)]))
    for patient in (place.patient, place.neighbour):
        story.tell(place, patient)
    return settings.database_url


def _empty(stage: Stage) -> str:
    """Make a database that has no table; return its URL."""
    url = stage.settings().database_url
    name = make_url(url).database
    stage.execute(f'DROP DATABASE "{name}"')
    stage.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return url


def _walk(order: Order, given: dict[str, str], *urls: str) -> Outcome:
    """Walk in a process of its own, whose migrations may be broken."""
    began = time.monotonic()
    command = [sys.executable, "-m", "torture.recovery.walking", *urls]
    environ = given | {BROKEN: order.broken}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        return Outcome(complaints=[f"the migrations could not be walked: {done.stderr.strip()[-300:]}"])
    found: dict[str, Any] = json.loads(done.stdout)
    complaints = found.pop("complaints")
    figures = {f"migrations_{name}": figure for name, figure in found.items()}
    return Outcome(0, figures | {"migrations_seconds": round(time.monotonic() - began, 1)}, complaints)


R10 = Proof(
    "R10",
    "a lost installation comes back",
    prove,
    broken=(
        "backup_leaves_a_table_out",
        "backup_forgets_files",
        "backup_without_rights",
        "erasures_not_applied_again",
        "phones_not_begun_anew",
        *OF_MIGRATIONS,
    ),
)
