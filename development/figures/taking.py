"""Takes the results of the last runs from build/ into docs/figures/: only those of whole runs in full."""

import shutil
from collections.abc import Callable

from development.figures.told import KEPT, LEFT, RUNS, Run, read

# What a run must hold to be a whole one.
WHOLE = {"torture": {f"R{number}" for number in range(1, 14)}, "bench": {f"S{number}" for number in range(1, 7)}}


def take(tell: Callable[[str], None]) -> None:
    """Copy each run that may be published, and say what was done and why not."""
    for name in RUNS:
        file = LEFT / f"{name}.json"
        why_not = missing(name, read(file)) if file.exists() else "there is none"
        if why_not:
            tell(f"{file.relative_to(LEFT.parent)} is not taken: {why_not}.")
            continue
        KEPT.mkdir(exist_ok=True)
        shutil.copyfile(file, KEPT / file.name)
        tell(f"{file.relative_to(LEFT.parent)} is taken.")


def missing(name: str, run: Run) -> str:
    """Say why a run is not one to publish; nothing when it is."""
    if run.is_quick:
        return "it was run in short"
    lacking = WHOLE[name] - {each.id for each in run.results}
    return f"it lacks {', '.join(sorted(lacking))}" if lacking else ""
