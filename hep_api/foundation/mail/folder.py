"""Writes mail into a folder while no SMTP server is set: for development, and until a keeper has set one.

A mail may hold a link that lets somebody in, so only the owner of the process may read it. It names whom it is to, so
it does not lie there for ever, also when a server has been set since.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import structlog
from flask import current_app
from sqlalchemy.orm import Session

from hep_api.foundation.identifiers import new_id
from hep_api.foundation.mail.messages import Mail, compose

REMOVE_OLD = "mail.remove_old_letters"
# As long as we remember what a server took (`delivering.KEPT_FOR`): time enough to hand a letter on.
KEPT_FOR = timedelta(days=30)
WRITTEN_AT = "%Y%m%dT%H%M%S"
_OURS = re.compile(r"(?P<written_at>\d{8}T\d{6})-[0-9a-f-]{36}\.(eml|unfinished)")

log = structlog.get_logger()


class FolderMailer:
    """Writes each mail as one .eml file, which mail programs open."""

    def __init__(self, folder: Path, sender: Address) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail, now: datetime) -> None:
        """Write the mail, whole or not at all, and say in the log that nobody was sent anything."""
        message = compose(mail, self._sender, now)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{now.astimezone(UTC).strftime(WRITTEN_AT)}-{new_id()}.eml"
        unfinished = file.with_suffix(".unfinished")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(message.as_bytes())
        unfinished.rename(file)
        log.warning("mail_written_to_folder", folder=str(self._folder), reason="HEP_SMTP_URL is not set")


def remove_old_letters(_: Session, __: Mapping[str, Any], now: datetime) -> None:
    """Remove the letters that have been in the folder for a month; what else lies there is left alone."""
    folder: Path = current_app.extensions["hep_settings"].mail_folder
    with suppress(FileNotFoundError, NotADirectoryError):
        for file in folder.iterdir():
            if _written_before(file.name, now - KEPT_FOR):
                file.unlink(missing_ok=True)


def _written_before(name: str, instant: datetime) -> bool:
    ours = _OURS.fullmatch(name)
    return ours is not None and ours["written_at"] < instant.astimezone(UTC).strftime(WRITTEN_AT)
