"""`flask mail bounced` takes what mail servers send back, as the pipe of a mail server: see docs/mail.md."""

import sys
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.mail import delivering
from hep_api.foundation.mail.returned import MOST_BYTES, read_returned

# What a mail server takes for: try again later (EX_TEMPFAIL). Anything else but 0 would make it send an answer.
LATER = 75

mail = AppGroup("mail", help="Mail that comes back.")


@mail.command("bounced")
@click.argument("file", type=click.File("rb"), default="-")
def take_bounced(file: BinaryIO) -> None:
    """Read one mail that came back, and note that its reader's address takes none."""
    returned = read_returned(file.read(MOST_BYTES))
    if returned is None:
        click.echo("This says of no mail of ours that it will never arrive.")
        return
    try:
        with transaction() as session:
            is_known = delivering.note_returned(session, returned, clock.now())
    except SQLAlchemyError:
        click.echo("The database cannot be asked at the moment.", err=True)
        sys.exit(LATER)
    click.echo("Noted." if is_known else "This mail is not known, or not any more.")
