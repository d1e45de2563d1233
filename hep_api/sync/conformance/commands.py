"""`python -m hep_api.sync.conformance ...` and `flask --app wsgi conformance ...`: judging a server or a client.

Needs no settings, no database and no Flask of its own.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from hep_api.sync.conformance.calls import NoAnswer
from hep_api.sync.conformance.client.run import Client, judge_client
from hep_api.sync.conformance.server.run import Server, judge_server
from hep_api.sync.conformance.server.scene import LEAVES
from hep_api.sync.conformance.verdicts import Outcome, Verdict, as_json, line

SEED = 1
_seed = click.option("--seed", default=SEED, show_default=True, help="Draws the network's faults.")
_json = click.option(
    "--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write the result there too."
)
_only = click.option("--only", default="", help="Judge only these rules, as in S7,S32.")


@click.group("conformance", help="Judge a server or an app by the rules of docs/offline-sync.md.")
def conformance() -> None:
    """Hold the two commands."""


@conformance.command("server")
@click.option("--url", required=True, help="The server, without /v1.")
@click.option("--token", required=True, envvar="HEP_CONFORMANCE_TOKEN", help="A patient's access token.")
@click.option("--patient", required=True, help="That patient's member id; one made for tests, with a plan that runs.")
@click.option("--other-token", help="A second patient's access token, for the rules on two patients.")
@click.option("--other-patient", help="That patient's member id.")
@click.option("--staff-token", help="The access token of a practitioner who treats the patient, for what is gone.")
@_only
@_seed
@_json
def server(seed: int, only: str, file: Path | None, **given: str) -> None:
    """Play phones against a server over a hostile network, as a patient made for tests: what is written there stays.

    Events are voided at the end. Messages, an acknowledgement, a goal's value and withdrawn pauses stay for good.
    """
    click.echo(LEAVES, err=True)
    _tell("server", seed, judge_server(Server(**given), seed, _rules(only)), file)


@conformance.command("client", context_settings={"ignore_unknown_options": True})
@click.option("--url", help="A server for the last rule, in place of the kit's own.")
@click.option("--token", envvar="HEP_CONFORMANCE_TOKEN", help="A patient's access token there.")
@click.option("--patient", help="That patient's member id; one made for tests, with a plan that runs.")
@_only
@_seed
@_json
@click.argument("command", nargs=-1, required=True)
def client(seed: int, only: str, file: Path | None, command: tuple[str, ...], **given: str | None) -> None:
    """Play a server and a hostile network against an app, through its driver: COMMAND starts it."""
    _tell("client", seed, judge_client(Client(command=command, **given), seed, _rules(only)), file)


def _rules(only: str) -> frozenset[str]:
    return frozenset(name.strip().upper() for name in only.split(",") if name.strip())


def _tell(kind: str, seed: int, verdicts: Iterator[Verdict], file: Path | None) -> None:
    """Print each verdict as it is reached, write them all, and exit with 1 when a rule fails."""
    told = []
    try:
        for verdict in verdicts:
            click.echo(line(verdict))
            told.append(verdict)
    except (NoAnswer, ValueError, KeyError) as error:
        raise click.ClickException(f"The server cannot be judged: {error}") from None
    counts = {outcome: sum(each.outcome is outcome for each in told) for outcome in Outcome}
    click.echo(f"seed {seed}: " + ", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
    if file is not None:
        file.write_text(json.dumps(as_json(kind, seed, told), indent=1) + "\n")
    if counts[Outcome.FAIL]:
        raise SystemExit(1)
