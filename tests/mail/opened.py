"""Letters as their readers open them: due jobs are run, and the folder is looked through."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from flask import Flask

from hep_api.foundation.jobs.work import run_due_jobs


@dataclass(frozen=True)
class Opened:
    """A letter: its subject and its plain words."""

    subject: str
    words: str

    @property
    def link(self) -> str:
        [link] = [line for line in self.words.splitlines() if "://" in line]
        return link


def letters_to(app: Flask, email: str) -> list[Opened]:
    """Run what is due and return the letters that this address was ever sent, the oldest first."""
    with app.app_context():
        run_due_jobs()
    files = sorted(app.extensions["hep_settings"].mail_folder.glob("*.eml"))
    return [opened for file in files if (opened := _open(file.read_bytes(), email))]


def _open(raw: bytes, email: str) -> Opened | None:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    plain = message.get_body(("plain",))
    assert plain is not None
    return Opened(message["Subject"], plain.get_content()) if message["To"] == email else None
