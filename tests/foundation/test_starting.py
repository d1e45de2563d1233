"""What cannot start says in a sentence what is missing, to whoever typed the command."""

import os
import subprocess
import sys
from dataclasses import replace

from development import places
from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from tests import servers


def test_a_command_without_settings_names_each_that_is_missing_and_shows_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "database", "upgrade"],
        cwd=places.CHECKOUT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert [line.partition(" is not set: ")[0] for line in lines] == ["DATABASE_URL", "HEP_TOKEN_KEYS_FOLDER"]


def test_an_upgrade_as_the_app_says_what_names_who_may_change_tables(settings: Settings) -> None:
    with servers.new_database() as url:
        joint = "&" if "?" in url else "?"
        app = create_app(replace(settings, database_url=f"{url}{joint}options=-c%20role%3Dhep_app"))
        done = app.test_cli_runner().invoke(args=["database", "upgrade"])
        app.extensions["hep_database"].engine.dispose()
    assert done.exit_code == 1
    assert "HEP_DATABASE_MIGRATOR_URL" in done.output
