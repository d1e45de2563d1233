"""The import contracts bite: each of these breaches, planted in a copy of the house, is named by `make check`."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from development import places

BREACHES = {
    "hep_api/library/planted.py": "from hep_api.plans import models",  # bottom imports top
    "hep_api/messaging/planted.py": "from hep_api.adherence import facts",  # a peer imports a peer
    "hep_api/library/queries/planted.py": "from hep_api.library.routes import exercises",  # a read calls a door
    "hep_api/foundation/planted.py": "import development",  # the product knows who starts it
    "demo/planted.py": "from hep_api import app",  # the story takes a back door
    "hep_api/unplaced/__init__.py": "",  # nobody has decided where a new folder stands
}


def test_every_planted_breach_is_named(tmp_path: Path) -> None:
    for tree in ("hep_api", "development", "demo", "torture", "bench"):
        shutil.copytree(places.CHECKOUT / tree, tmp_path / tree, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(places.CHECKOUT / "pyproject.toml", tmp_path)
    for path, line in BREACHES.items():
        breach = tmp_path / path
        breach.parent.mkdir(exist_ok=True)
        with breach.open("a") as file:
            file.write(f"\n{line}\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = re.sub(r"\s+", " ", done.stdout)
    assert done.returncode == 1, said
    assert "hep_api.library.planted -> hep_api.plans.models" in said
    assert "hep_api.messaging.planted -> hep_api.adherence.facts" in said
    assert "hep_api.library.queries.planted -> hep_api.library.routes.exercises" in said
    assert "hep_api.foundation.planted -> development" in said
    assert "demo.planted -> hep_api.app" in said
    assert "not listed as layers: - hep_api.unplaced" in said
    assert "0 kept, 4 broken" in said
