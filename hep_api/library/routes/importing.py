"""HTTP doors of whole collections: into the clinic's library, and out of it."""

from functools import partial
from typing import Any

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.greenlets import off_the_loop
from hep_api.foundation.limits.rates import HOUR
from hep_api.foundation.web.doors import Routes, load, returns, signed_in
from hep_api.foundation.web.pacing import limited
from hep_api.foundation.web.receiving import FILE, form, receives, recognised_again
from hep_api.library.importing.bringing import Imported, bring_exercises, read_exercises
from hep_api.library.importing.formats import Format
from hep_api.library.queries.taking_along import exercises_to_take_along
from hep_api.library.schemas.importing import ExerciseFileOut, ImportIn, ImportOut

routes = Routes("collections", "Whole collections of exercises, into the library of the clinic and out of it.")

MOST_BYTES = 16 * 1024 * 1024
TOLD = {
    "file": FILE,
    "format": {"type": "string", "enum": [each.value for each in Format]},
    "dry_run": {"type": "string", "enum": ["true", "false"]},
}


@routes.post("/library/import")
@signed_in(*STAFF)
@limited(30, HOUR)
@receives(lambda _: MOST_BYTES, "multipart/form-data", TOLD)
@returns(ImportOut)
def import_exercises() -> Imported:
    """Bring a file of exercises into the clinic's library, sent as a form with `file` and `format`.

    With `dry_run=true` it only says what would happen. What is wrong with an entry is listed by its number and holds up
    no other. Bringing a file again changes what differs in it and nothing else.

    Errors: 400 for what is no JSON, 413 over 16 MiB, 422 for a file of another format.
    """
    file, told = form()
    asked = load(ImportIn(), told)
    found = off_the_loop(partial(read_exercises, asked["format"], file.read()))
    with recognised_again() as session:
        clinic_id, now = viewer().clinic_id, clock.now()
        return bring_exercises(session, clinic_id, asked["format"], found, now, dry_run=asked["dry_run"])


@routes.get("/library/export")
@signed_in(*STAFF)
@returns(ExerciseFileOut)
def export_exercises() -> dict[str, Any]:
    """Take the clinic's exercises along, as the import takes them; drafts, the archive and pictures are not in it."""
    with transaction() as session:
        return exercises_to_take_along(session, viewer().clinic_id)
