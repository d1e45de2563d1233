"""The command line of accounts, `flask --app wsgi accounts ...`, and of the signing keys, `... keys ...`. Running
processes notice what the latter do.
"""

from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from hep_api.accounts.actions import sign_ins
from hep_api.accounts.actions.second_factors import remove
from hep_api.accounts.actions.second_factors.reseal import reseal_secrets
from hep_api.accounts.keys import ENDING, KeyRing, State, create_key
from hep_api.accounts.means import means
from hep_api.accounts.queries import credentials
from hep_api.accounts.sealing import create_sealing_key
from hep_api.accounts.tokens import tokens
from hep_api.audit import notes
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.settings import Settings

# Long enough for every process (seconds) and every reader of the published keys (minutes) to have seen a new one.
OVERLAP_MINUTES = 60
LEAST_OVERLAP_MINUTES = 10

keys = AppGroup("keys", help="The keys that sign access tokens.")


accounts = AppGroup("accounts", help="The accounts of this installation.")


@accounts.command("remove-second-factor")
@click.argument("email")
def remove_second_factor(email: str) -> None:
    """Remove the second factors of the account EMAIL, whose owner has lost them; make sure that it is they who ask."""
    now = clock.now()
    with transaction() as session:
        known = credentials.credentials_of(session, email.lower())
        if known is None:
            raise click.ClickException("There is no account of this e-mail.")
        removed = remove.remove_all(session, known.account_id, now)
        if removed:
            sign_ins.end_sign_ins_of_account(session, known.account_id, "second_factor_reset", now)
            notes.note(session, "second_factor.removed", account_id=known.account_id)
    click.echo("They are removed, and its sign-ins ended; its owner is told by mail." if removed else "It has none.")


@accounts.command("end-sign-ins")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="Of all accounts, in all clinics.")
def end_sign_ins(email: str | None, everybody: bool) -> None:  # noqa: FBT001 - click hands flags over
    """Sign the account EMAIL out on all its devices, or everybody, at once."""
    if (email is None) is not everybody:
        raise click.UsageError("Name an e-mail, or say --everybody.")
    now = clock.now()
    with transaction() as session:
        if email is None:
            ended = sign_ins.end_all_sign_ins(session, "ended_by_keeper", now)
        else:
            known = credentials.credentials_of(session, email.lower())
            if known is None:
                raise click.ClickException("There is no account of this e-mail.")
            ended = sign_ins.end_sign_ins_of_account(session, known.account_id, "ended_by_keeper", now)
    click.echo(f"{ended} sign-ins are ended.")


@accounts.command("new-sealing-key")
def new_sealing_key() -> None:
    """Make a key that seals the secrets of authenticator apps from the next start on; the older ones still open."""
    click.echo(
        f"{create_sealing_key(_folder(), clock.now())} is made. Start every process anew, then `accounts reseal`."
    )


@accounts.command("reseal")
def reseal() -> None:
    """Seal every secret under the newest sealing key; after that the files of the older ones can be removed."""
    with transaction() as session:
        click.echo(f"{reseal_secrets(session, means())} secrets are sealed anew.")


@keys.command("list")
def list_keys() -> None:
    """Show each key, from when it signs, and what it is good for now."""
    for key, state in _ring().states(clock.now()):
        click.echo(f"{key.kid}  {state.value:<9}  signs from {key.signs_from.isoformat(timespec='seconds')}")


@keys.command("rotate")
@click.option(
    "--overlap-minutes",
    type=click.IntRange(LEAST_OVERLAP_MINUTES, 7 * 24 * 60),
    default=OVERLAP_MINUTES,
    show_default=True,
    help="How long the new key is published before it signs.",
)
@click.option("--at-once", is_flag=True, help="Sign at once: when the present key may have been stolen.")
def rotate(overlap_minutes: int, at_once: bool) -> None:  # noqa: FBT001 - click hands flags over
    """Make a key that is published now and signs after the overlap; nobody is signed out."""
    now = clock.now()
    waiting = [key.kid for key, state in _ring().states(now) if state is State.WAITING]
    if waiting and not at_once:
        raise click.ClickException(f"{waiting[-1]} is waiting to sign already.")
    kid = create_key(_folder(), now if at_once else now + timedelta(minutes=overlap_minutes))
    click.echo(f"{kid} is made. {_what_next(at_once=at_once)}")


@keys.command("prune")
def prune() -> None:
    """Remove the keys whose last tokens have expired."""
    retired = [key.kid for key, state in _ring().states(clock.now()) if state is State.RETIRED]
    for kid in retired:
        (_folder() / f"{kid}{ENDING}").unlink()
        click.echo(f"{kid} is removed.")
    if not retired:
        click.echo("No key is retired.")


def _ring() -> KeyRing:
    return tokens().keys.ring()


def _folder() -> Path:
    settings: Settings = current_app.extensions["hep_settings"]
    return settings.token_keys_folder


def _what_next(*, at_once: bool) -> str:
    if at_once:
        return "It signs. Remove the file of a stolen key: its tokens are refused within seconds, and phones refresh."
    return "It is published now and signs when its time comes; `flask keys prune` removes the older one after that."
