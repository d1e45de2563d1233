"""A web process that is set up wrongly ends, and says why, instead of being tried over and over behind an open port."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.deploy.units import DEPLOY, ROOT
from tests.realtime.conftest import free_port


def test_a_server_with_a_wrong_setting_ends_and_names_it(tmp_path: Path) -> None:
    wrong = {
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        "HEP_TOKEN_KEYS_FOLDER": str(tmp_path),
        "HEP_TRUSTED_PROXIES": "one",
        "HEP_BIND": f"127.0.0.1:{free_port()}",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", DEPLOY / "gunicorn.conf.py", "wsgi:app"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **wrong},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, said = server.communicate(timeout=60)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
    assert server.returncode == 3
    assert said.count("HEP_TRUSTED_PROXIES cannot be read") == 1


def test_what_is_started_is_one_of_three() -> None:
    said = subprocess.run([DEPLOY / "start", "everything"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (64, "")
    assert said.stderr.startswith("usage: start web PORT")
