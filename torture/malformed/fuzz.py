"""Runs schemathesis against a web process by openapi.yaml; schemathesis.toml says what it may expect."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.contract.scene import Scene
from torture.stage import ROOT

CONFIG = ROOT / "schemathesis.toml"


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """How many requests were made, and what was found wanting."""

    requests: int
    complaints: list[str]


def fuzz(port: int, scene: Scene, part: str, folder: Path, words: list[str]) -> Fuzzed:
    """Run it as one part of a scene, about that scene's patient, with further `words` of its command line."""
    config = folder / f"schemathesis-{port}-{part}.toml"
    config.write_text(CONFIG.read_text() + _parameters(scene))
    token = scene.phones[part].token
    whole = [
        *(Path(sys.executable).with_name("schemathesis"), "--config-file", config, "run", ROOT / "openapi.yaml"),
        *("--url", f"http://127.0.0.1:{port}", "--workers", "1", "--no-color", *words),
        *(("--header", f"Authorization: Bearer {token}") if token else ()),
    ]
    done = subprocess.run(list(map(str, whole)), cwd=folder, capture_output=True, text=True, check=False)
    generated = re.search(r"(\d+) generated", done.stdout)
    if generated is None:
        return Fuzzed(0, [f"schemathesis did not run: {done.stdout[-500:]}{done.stderr[-500:]}"])
    return Fuzzed(int(generated[1]), [] if done.returncode == 0 else _complaints(done.stdout))


def _parameters(scene: Scene) -> str:
    """Return the ids of the patient's story as the path parameters of every operation."""
    ids = {
        "patient_id": scene.patient_id,
        "plan_id": scene.plan.id,
        "pause_id": scene.pause_id,
        "exercise_id": scene.exercise_id,
        "conversation_id": scene.conversation_id,
        "member_id": scene.colleague_id,
        "location_id": scene.location_id,
    }
    return "\n[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in ids.items())


def _complaints(said: str) -> list[str]:
    """Return what failed where: the operations stand in rulers, the failures are listed under them."""
    found, operation = [], ""
    for line in said.splitlines():
        if ruler := re.fullmatch(r"_{3,} (.+) _{3,}", line):
            operation = ruler[1]
        elif re.match(r"- ST\d+ |    \[\d+\]|    curl ", line):
            found.append(f"{operation}: {line.strip()[:500]}")
    return found or said.splitlines()[-20:]
