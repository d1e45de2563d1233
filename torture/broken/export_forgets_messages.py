"""The export leaves the messages out."""

from hep_api.messaging import exporting
from torture.broken.taking import replacing


def do() -> None:
    replacing(exporting, "export_messaging", lambda *_: iter(()))
