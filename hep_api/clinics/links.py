"""Where the link of an invitation leads."""

from flask import current_app

from hep_api.foundation.settings import Settings


def link_start() -> str:
    """Return what the code is appended to."""
    settings: Settings = current_app.extensions["hep_settings"]
    return settings.app_link
