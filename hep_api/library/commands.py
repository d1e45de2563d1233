"""`flask library ...`: what the keeper of an installation does with the library."""

from pathlib import Path
from uuid import UUID

import click
from flask import json
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic
from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.library import indexing
from hep_api.library.importing.bringing import Imported, bring_exercises, read_exercises
from hep_api.library.importing.formats import Format
from hep_api.library.queries.taking_along import exercises_to_take_along
from hep_api.library.starter_set import draw_starter_set
from hep_api.library.starter_set import load_starter_set as load

library = AppGroup("library", help="The exercises.")
of_clinic = click.option("--clinic", "clinic_slug", required=True, help="The clinic's slug.")


@library.command("load-starter-set")
def load_starter_set() -> None:
    """Bring the starter set to this version."""
    draw_starter_set()
    with transaction() as session:
        shelved = load(session, clock.now())
    click.echo(f"Starter set: {shelved.added} added, {shelved.changed} changed, {shelved.unchanged} unchanged.")


@library.command("reindex")
def reindex() -> None:
    """Make anew what the search looks things up in, of every clinic and the starter set."""
    with transaction() as session:
        indexed = indexing.of_every_shelf(session, indexing.reindex)
    click.echo(f"{indexed} exercises indexed.")


@library.command("import")
@click.argument("what", metavar="FORMAT", type=click.Choice([each.value for each in Format]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_clinic
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
def import_exercises(what: str, file: Path, clinic_slug: str, dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Import the exercises of a FILE into a clinic's library."""
    try:
        with transaction() as session:
            clinic_id = _act_for(session, clinic_slug)
            found = read_exercises(Format(what), file.read_bytes())
            imported = bring_exercises(session, clinic_id, Format(what), found, clock.now(), dry_run=dry_run)
    except Problem as problem:
        words = " ".join(error.detail for error in problem.errors) or problem.detail
        raise click.ClickException(words) from None
    _tell(imported)
    if imported.refused:
        raise SystemExit(1)


@library.command("export")
@of_clinic
def export_exercises(clinic_slug: str) -> None:
    """Write a clinic's exercises as JSON, as the import takes them."""
    with transaction() as session:
        click.echo(json.dumps(exercises_to_take_along(session, _act_for(session, clinic_slug)), indent=2))


def _act_for(session: Session, clinic_slug: str) -> UUID:
    clinic_id = session.scalar(select(Clinic.id).where(Clinic.slug == clinic_slug))
    if clinic_id is None:
        raise click.ClickException(f"There is no clinic with the slug {clinic_slug!r}.")
    tenancy.act_for(session, clinic_id)
    return clinic_id


def _tell(imported: Imported) -> None:
    shelved = imported.shelved
    click.echo(
        f"{imported.read} read: {shelved.added} added, {shelved.changed} changed, {shelved.unchanged} unchanged, "
        f"{imported.refused} refused.{' Nothing was changed: a dry run.' if imported.dry_run else ''}"
    )
    for note in imported.notes:
        field = f"{note.field}: " if note.field else ""
        click.echo(f"No. {note.number} ({note.name}) {'refused: ' if note.refused else ''}{field}{note.words}")
