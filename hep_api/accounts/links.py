"""Where the link of a letter leads."""

from flask import current_app

from hep_api.foundation.settings import Settings


def password_reset_link(token: str) -> str:
    """Return where a new password is chosen."""
    settings: Settings = current_app.extensions["hep_settings"]
    return settings.password_reset_link + token
