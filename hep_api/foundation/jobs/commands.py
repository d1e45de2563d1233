"""`flask worker` runs jobs until told to stop, then finishes the one in hand; a second signal ends it at once.

`flask jobs` shows what was given up, and has it tried again.
"""

import signal
from types import FrameType
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs import claims, work
from hep_api.foundation.jobs.worker import Worker
from hep_api.foundation.metrics.serving import serve_of_worker

MOST_SHOWN = 100

jobs = AppGroup("jobs", help="Background jobs that were given up.")


@jobs.command("dead")
def show_dead() -> None:
    """List the jobs that were given up, the latest first."""
    with transaction() as session:
        for job in claims.dead_letters(session, MOST_SHOWN):
            click.echo(f"{job.id}  {job.finished_at:%Y-%m-%d %H:%M} UTC  {job.kind}  {job.error_type}")


@jobs.command("retry")
@click.argument("identifier", metavar="ID", type=click.UUID)
def retry(identifier: UUID) -> None:
    """Have a job that was given up tried again."""
    with transaction() as session:
        if not claims.try_again(session, identifier, clock.now()):
            raise click.ClickException("No job with this id was given up.")
    click.echo("It is due now.")


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="End when no job is due any more.")
@with_appcontext
def worker(until_idle: bool) -> None:  # noqa: FBT001 - the command line's flag
    """Run background jobs."""
    current_app.extensions["hep_realtime"].speak_from_afar()
    if until_idle:
        click.echo(f"Ran {work.run_due_jobs()} jobs.")
        return
    serve_of_worker(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
    running = Worker()

    def stop(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        running.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    running.run()
