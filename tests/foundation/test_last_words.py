"""Whatever fails uncaught in a running process is said in the log, in its shape, and without what the error said."""

import json
import subprocess
import sys

import pytest

from tests.foundation import last_words_probe
from tests.foundation.probe_app import CANARY


def last_words(how: str) -> str:
    probe = [sys.executable, "-m", last_words_probe.__name__, how, CANARY]
    return subprocess.run(probe, capture_output=True, text=True, timeout=20, check=False).stderr


@pytest.mark.parametrize("how", [how for how in last_words_probe.HOW if how != "a line of the log"])
def test_what_nobody_caught_is_logged_with_its_place_and_without_its_words(how: str) -> None:
    said = last_words(how)
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines, said
    assert any("ValueError" in line.get("exception", "") for line in lines), said
    assert any("in fail" in line.get("exception", "") for line in lines), said
    assert CANARY not in said


def test_a_line_that_cannot_be_written_is_not_printed_with_what_it_was_filled_with() -> None:
    assert CANARY not in last_words("a line of the log")
