"""The app's one way to send mail, chosen by the settings. Mail is sent from jobs, never while somebody waits."""

from datetime import datetime
from typing import Protocol

from flask import current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.foundation.mail.folder import FolderMailer
from hep_api.foundation.mail.messages import Mail, address_of
from hep_api.foundation.mail.smtp import MOST_SECONDS, SmtpMailer, server_of
from hep_api.foundation.settings import Settings, SettingsError

NOBODY = "HEP API <no-reply@localhost.localdomain>"


class Mailer(Protocol):
    """Sends one mail; returns when it is out of our hands."""

    def send(self, mail: Mail, now: datetime) -> None: ...


def load_mailer(settings: Settings) -> Mailer:
    """Return what the settings ask for; SettingsError when they cannot be understood."""
    if settings.smtp_url and not settings.mail_from:
        raise SettingsError("HEP_MAIL_FROM is not set: with HEP_SMTP_URL mail needs a sender.")
    try:
        sender = address_of(settings.mail_from or NOBODY)
    except ValueError:
        raise SettingsError("HEP_MAIL_FROM cannot be read: say Clinic <no-reply@clinic.example>.") from None
    if not settings.smtp_url:
        return FolderMailer(settings.mail_folder, sender)
    try:
        return SmtpMailer(server_of(settings.smtp_url), sender)
    except ValueError as error:
        raise SettingsError(f"HEP_SMTP_URL cannot be read: {error}.") from None


def send(session: Session, mail: Mail, now: datetime) -> None:
    """Send a mail in a job's transaction, which may stand idle while the server takes its time."""
    milliseconds = str(2 * MOST_SECONDS * 1000)
    session.execute(
        text("SELECT set_config('idle_in_transaction_session_timeout', :limit, true)"), {"limit": milliseconds}
    )
    mailer: Mailer = current_app.extensions["hep_mailer"]
    mailer.send(mail, now)
