"""Writes the HTTP contract: `python -m hep_api.openapi > openapi.yaml`. It needs no database and no settings."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hep_api.accounts.keys import create_key
from hep_api.app import create_app
from hep_api.foundation import clock, yaml_text
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.contract import document


def write_contract() -> str:
    """Return openapi.yaml as the routes have it now."""
    with TemporaryDirectory() as folder:
        create_key(Path(folder), clock.now())
        settings = Settings(database_url="postgresql://nobody@localhost/nothing", token_keys_folder=Path(folder))
        return yaml_text.write(document.build(create_app(settings)))


if __name__ == "__main__":
    sys.stdout.write(write_contract())
