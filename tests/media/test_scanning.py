"""The host's scanner is a program: what it ends with decides, and one that says nothing decides nothing."""

from pathlib import Path

import pytest

from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.scanning import NotScanned, Scanner
from hep_api.foundation.settings import SettingsError


def scanner(command: str) -> Scanner:
    found = Scanner.load(command)
    assert found is not None
    return found


@pytest.mark.parametrize("how", ["{script}", "{script} --path {{}}"])
def test_it_reads_the_file_or_is_given_its_path(tmp_path: Path, how: str) -> None:
    script, file = tmp_path / "my scanner", tmp_path / "file"
    script.write_text('#!/bin/sh\n[ "$1" = --path ] && exec < "$2"\ngrep -q EICAR && exit 1\nexit 0\n')
    script.chmod(0o700)
    asked = scanner(how.format(script=f"'{script}'"))
    file.write_bytes(b"nothing")
    asked.refuse_infected(file)
    file.write_bytes(b"X5O EICAR")
    with pytest.raises(BrokenMedia) as refused:
        asked.refuse_infected(file)
    assert refused.value.rule == "infected"


def test_one_that_gives_no_verdict_gives_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    for command in ("sh -c 'exit 2'", "sh -c 'kill -9 $$'", "no-such-program", str(file)):
        with pytest.raises(NotScanned):
            scanner(command).refuse_infected(file)


def test_none_is_none_and_what_cannot_be_read_is_refused_at_the_start() -> None:
    assert Scanner.load("") is None
    assert Scanner.load("  ") is None
    with pytest.raises(SettingsError):
        Scanner.load("clamdscan 'unclosed")
