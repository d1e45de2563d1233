"""`flask worker`: runs jobs until told to stop, then finishes the one in hand. A second signal ends it at once."""

import signal
from types import FrameType

import click
from flask.cli import with_appcontext

from hep_api.foundation.jobs import work
from hep_api.foundation.jobs.worker import Worker


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="End when no job is due any more.")
@with_appcontext
def worker(until_idle: bool) -> None:  # noqa: FBT001 - the command line's flag
    """Run background jobs."""
    if until_idle:
        click.echo(f"Ran {work.run_due_jobs()} jobs.")
        return
    running = Worker()

    def stop(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        running.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    running.run()
