"""`flask demo ...`: the demo clinic, for trying the product out.

Its accounts have a password that everyone knows, so nothing but this command makes them, and it refuses where that
could do harm: in production, and in a database with clinics of its own. What makes the clinic is imported when it is
made: a server has no use for it.
"""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from hep_api.accounts.passwords import passwords
from hep_api.accounts.tokens import tokens
from hep_api.demo.cast import CLINIC, PASSWORD, PATIENTS, SLUG, STAFF
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.settings import Settings

SLUGS_NAMED = 3

demo = AppGroup("demo", help="A made-up clinic for trying the product out.")


@demo.command("seed")
@click.option("--yes-in-production", is_flag=True, help="Make it although HEP_ENVIRONMENT is production.")
@click.option("--beside-others", is_flag=True, help="Make it although the database holds other clinics.")
def seed(yes_in_production: bool, beside_others: bool) -> None:  # noqa: FBT001 - flags of the command line
    """Make the demo clinic, once, and print how to sign in."""
    from hep_api.demo import seeding

    settings: Settings = current_app.extensions["hep_settings"]
    if settings.environment == "production" and not yes_in_production:
        raise click.ClickException(
            "This is production, and everyone knows the demo accounts' password: --yes-in-production, if you must."
        )
    with transaction() as session:
        slugs = seeding.clinic_slugs(session)
    if SLUG in slugs:
        click.echo(f"{CLINIC} is there already; nothing was changed.")
    elif slugs and not beside_others:
        others = ", ".join(slugs[:SLUGS_NAMED])
        raise click.ClickException(f"The database holds other clinics ({others}): --beside-others makes it anyway.")
    else:
        _make()
    _print_sign_ins()


@demo.command("sign-ins")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def sign_ins(as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Print how to sign in at the demo clinic; fails when it is not there."""
    from hep_api.demo import seeding

    with transaction() as session:
        if SLUG not in seeding.clinic_slugs(session):
            raise click.ClickException("There is no demo clinic here: `flask demo seed` makes it.")
    if as_json:
        people = _people()
        click.echo(
            json.dumps(
                [{"role": role, "name": name, "email": email, "password": PASSWORD} for role, name, email in people]
            )
        )
    else:
        _print_sign_ins()


def _make() -> None:
    from hep_api.demo import seeding

    # Hashing takes a quarter of a second, and needs no transaction.
    password_hash = passwords().make_hash(PASSWORD)
    try:
        with transaction() as session:
            made = seeding.seed(session, tokens(), password_hash, clock.now())
    except Problem as problem:
        # Such as an account that has one of these addresses already; nothing of the clinic is kept then.
        raise click.ClickException(f"The demo clinic cannot be made: {problem.detail}") from None
    click.echo(f"{CLINIC} is made: {made.patients} patients, {made.events} events, {made.messages} messages.")


def _print_sign_ins() -> None:
    for role, name, email in _people():
        click.echo(f"  {role:<13} {name:<16} {email}")
    click.echo(f"  Everyone's password: {PASSWORD}")


def _people() -> list[tuple[str, str, str]]:
    """Return role, name and e-mail of the staff and of one patient."""
    staff = [(member.role.value, member.name, member.email) for member in STAFF]
    return [*staff, ("patient", PATIENTS[0].name, PATIENTS[0].email)]
