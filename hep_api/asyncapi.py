"""Writes the socket contract: `python -m hep_api.asyncapi > asyncapi.yaml`. It needs no database and no settings."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hep_api.accounts.keys import create_key
from hep_api.app import create_app
from hep_api.foundation import clock, yaml_text
from hep_api.foundation.realtime import contract
from hep_api.foundation.settings import Settings


def write_contract() -> str:
    """Return asyncapi.yaml as the socket doors have it now."""
    with TemporaryDirectory() as folder:
        create_key(Path(folder), clock.now())
        settings = Settings(database_url="postgresql://nobody@localhost/nothing", token_keys_folder=Path(folder))
        return yaml_text.write(contract.build(create_app(settings)))


if __name__ == "__main__":
    sys.stdout.write(write_contract())
