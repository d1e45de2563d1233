"""The command line of notifications, `flask --app wsgi push ...`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from hep_api.notifications.delivery import vapid

push = AppGroup("push", help="Pushes to phones and browsers.")


@push.command("make-web-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def make_web_key(file: Path) -> None:
    """Make the key by which browsers' push services know this installation, in a new FILE that only you can read."""
    try:
        public = vapid.make_key(file)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; browsers that subscribed for it need it.") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({type(error).__name__}).") from None
    click.echo(f"{file} is written. Set HEP_WEB_PUSH_KEY_FILE and HEP_WEB_PUSH_CONTACT, and start every process anew.")
    click.echo(f"Its public part, which the product tells browsers by itself: {public}")
