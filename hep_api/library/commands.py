"""`flask library ...`: what the keeper of an installation does with the library."""

from pathlib import Path

import click
from flask.cli import AppGroup

from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.web import strict_json
from hep_api.library.importing import Imported
from hep_api.library.importing import import_free_exercise_db as import_entries
from hep_api.library.starter_set import load_starter_set as load

library = AppGroup("library", help="The exercises.")


@library.command("load-starter-set")
def load_starter_set() -> None:
    """Bring the starter set to this version."""
    with transaction() as session:
        shelved = load(session, clock.now())
    click.echo(f"Starter set: {shelved.added} added, {shelved.changed} changed, {shelved.unchanged} unchanged.")


@library.command("import-free-exercise-db")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--clinic", "clinic_slug", required=True, help="The clinic's slug.")
def import_free_exercise_db(file: Path, clinic_slug: str) -> None:
    """Import the exercises of a FILE in the free-exercise-db format into a clinic's library."""
    try:
        entries = strict_json.loads(file.read_bytes())
        with transaction() as session:
            imported = import_entries(session, clinic_slug, entries, clock.now())
    except Problem as problem:
        words = " ".join(error.detail for error in problem.errors) or problem.detail
        raise click.ClickException(words) from None
    _tell(imported)
    if imported.refused:
        raise SystemExit(1)


def _tell(imported: Imported) -> None:
    shelved = imported.shelved
    click.echo(
        f"{imported.read} read: {shelved.added} added, {shelved.changed} changed, {shelved.unchanged} unchanged, "
        f"{imported.refused} refused."
    )
    for note in imported.notes:
        click.echo(f"No. {note.number} ({note.name}) {'refused: ' if note.refused else ''}{note.words}")
