"""Writes mail into a folder while no SMTP server is set: for development, and until a keeper has set one.

A mail may hold a link that lets somebody in, so only the owner of the process may read it.
"""

import os
from datetime import datetime
from email.headerregistry import Address
from pathlib import Path

import structlog

from hep_api.foundation.identifiers import new_id
from hep_api.foundation.mail.messages import Mail, compose

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
        file = self._folder / f"{now:%Y%m%dT%H%M%S}-{new_id()}.eml"
        unfinished = file.with_suffix(".unfinished")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(message.as_bytes())
        unfinished.rename(file)
        log.warning("mail_written_to_folder", folder=str(self._folder), reason="HEP_SMTP_URL is not set")
