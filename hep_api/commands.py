"""The command line: `flask --app wsgi ...`. Each capability brings a group; here stand those of the installation.

A server builds it too, and has no use for Alembic until it is asked whether it is ready: it is imported where needed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import ProgrammingError

from hep_api.accounts.commands import accounts, keys
from hep_api.adherence.commands import rollups
from hep_api.audit.commands import audit
from hep_api.audit.keepers import keep_commands
from hep_api.clinics.commands import clinics
from hep_api.demo.commands import demo
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.commands import jobs, worker
from hep_api.foundation.mail.commands import mail
from hep_api.foundation.settings import Settings, migrations_url
from hep_api.library import indexing, starter_set
from hep_api.library.commands import library
from hep_api.notifications.commands import push
from hep_api.rights.commands import erasures, retention
from hep_api.sync.commands import sync
from hep_api.sync.conformance.commands import conformance

if TYPE_CHECKING:
    from alembic.config import Config

# insufficient_privilege
MAY_NOT = "42501"
MIGRATIONS = Path(__file__).parent.parent / "migrations"

# Commands that change nothing; every other one leaves a row in the audit.
ONLY_READING = {
    "database": ("migration",),
    "jobs": ("dead",),
    "keys": ("list",),
    "audit": ("verify",),
    "rollups": ("verify",),
    "demo": ("sign-ins",),
}

database = AppGroup("database", help="The database's tables.")


def register_commands(app: Flask) -> None:
    """Add every command group to the app."""
    of_people = (accounts, keys, audit, clinics, library, rollups, sync, erasures, retention)
    for group in (database, jobs, mail, *of_people, push, demo):
        keep_commands(group, ONLY_READING.get(group.name or "", ()))
        app.cli.add_command(group)
    app.cli.add_command(worker)
    app.cli.add_command(conformance)


def migrations_config(database_url: str = "") -> Config:
    """Return Alembic's configuration; without a URL the environment's DATABASE_URL counts."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions of the tables that this version knows, newest first."""
    from alembic.script import ScriptDirectory

    return tuple(script.revision for script in ScriptDirectory.from_config(migrations_config()).walk_revisions())


@database.command("upgrade")
def upgrade() -> None:
    """Bring the tables and the starter exercises in them to this version."""
    from alembic import command

    settings: Settings = current_app.extensions["hep_settings"]
    try:
        command.upgrade(migrations_config(migrations_url(settings)), "head")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != MAY_NOT:
            raise
        said = str(error.orig).splitlines()[0]
        raise click.ClickException(f"{said}: set HEP_DATABASE_MIGRATOR_URL to who may change tables.") from None
    click.echo("The tables are at this version.")
    starter_set.draw_starter_set()
    with transaction() as session:
        starter_set.load_starter_set(session, clock.now())
        indexing.of_every_shelf(session, indexing.catch_up)
    click.echo("The starter exercises are at this version.")


@database.command("migration")
@click.argument("title")
def migration(title: str) -> None:
    """Write a migration for what the models have and the tables have not; read it before you commit it."""
    from alembic import command

    settings: Settings = current_app.extensions["hep_settings"]
    config = migrations_config(migrations_url(settings))
    command.upgrade(config, "head")
    number = f"{int(max(known_revisions())) + 1:04}"
    command.revision(config, title, autogenerate=True, rev_id=number)
