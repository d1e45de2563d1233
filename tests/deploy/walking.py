"""docs/self-hosting.md as what it is: a shell script with sentences in between."""

import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

from tests.deploy.units import ROOT

DOCUMENT = ROOT / "docs" / "self-hosting.md"
BLOCK = re.compile(r"^```sh[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Programs that ask for root, as what anybody may do in a folder of their own.
FOR_ANYBODY = {
    "install": 'for last; do :; done; case " $* " in *" -d "*) for each; do case $each in /*) mkdir -p "$each";; esac; '
    'done;; *" /dev/null "*) : > "$last";; *) while [ $# -gt 2 ]; do shift; done; cp "$1" "$2";; esac',
    "runuser": 'shift 3; exec "$@"',
    "systemctl": ":",
    "nginx": ":",
    # The tests have no oathtool; the product's own library makes the same code.
    "oathtool": f'exec {sys.executable} -c "import pyotp, sys; print(pyotp.TOTP(sys.argv[1]).now())" "$3"',
}


def section(number: str) -> str:
    """Return the script of a numbered section."""
    [text] = re.findall(rf"^## {number}\. (.*?)(?=^## )", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    return "\n".join(BLOCK.findall(text))


def script(document: Path = DOCUMENT) -> str:
    return "\n".join(BLOCK.findall(document.read_text()))


def commands(text: str) -> list[list[str]]:
    """Return the words of each line that calls `hep-api`, in blocks and in sentences."""
    joined = text.replace("\\\n", " ")
    called = [line for line in joined.splitlines() if re.match(r"\s*hep-api ", line)]
    called += re.findall(r"(?<!`)`(hep-api [a-z][^`]*)`(?!`)", joined)
    return [shlex.split(re.split(r"[|;&<>]", line)[0])[1:] for line in called]


def run(scripts: str, folder: Path, **variables: str) -> str:
    """Run what the document says in a folder that stands for the machine; return what it prints."""
    programs = folder / "programs"
    programs.mkdir()
    for name, does in FOR_ANYBODY.items():
        program = programs / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    here = re.sub(r"(?<![\w.$\"/])/(etc|var|opt|root)/", rf"{folder}/\1/", scripts)
    here = here.replace("/usr/local/bin", str(programs))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here],
        cwd=folder,
        env={"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
