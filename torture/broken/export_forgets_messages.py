"""The export leaves the messages out."""

from hep_api.messaging.exporting import conversations as exporting
from torture.broken.taking import replacing


def do() -> None:
    replacing(exporting, "export_messaging", lambda *_: iter(()))
