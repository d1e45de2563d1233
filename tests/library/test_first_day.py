"""A clinic's first day as docs/self-hosting.md has it, from the owner's code to the patient's phone, line by line."""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.deploy import walking


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("curl"), reason="this machine has no jq or no curl")
def test_from_the_owners_code_to_the_patients_first_exercises(
    app: Flask, starter_set: None, served: str, tmp_path: Path
) -> None:
    opening, asking = walking.BLOCK.findall(
        re.split(r"^## 11\. ", walking.DOCUMENT.read_text(), flags=re.MULTILINE)[1]
    )[:2]
    asked = {"CLINIC": "Riverside", "SLUG": f"walked-{os.getpid()}", "ZONE": "Europe/London", "OWNER": "Dana Marsh"}
    mail = f"{asked['SLUG']}@example.org"
    words = [
        re.sub(r"\$(\w+)", lambda name: {**asked, "OWNER_MAIL": mail}[name[1]], word)
        for word in walking.commands(opening)[0]
    ]
    opened = app.test_cli_runner().invoke(args=words)
    [code] = re.findall(r"^Invitation: (\S+)$", opened.output, re.MULTILINE)
    here = re.sub(r'--resolve "\$NAME:443:127.0.0.1" \\\n\s+--cacert \S+ ', "", asking).replace("https://$NAME", served)
    assert here.count(served) == 1
    (tmp_path / "root").mkdir()
    here = here.replace("tom@clinic.example", f"tom-{mail}").replace("sam@example.org", f"sam-{mail}")
    printed = walking.run(here, tmp_path, CODE=code, NAME="none")
    assert "Straight leg raise" in printed.splitlines()
    assert len((tmp_path / "root" / "recovery-codes.txt").read_text().split()) == 10


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """Serve the app on a port; return its address."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
