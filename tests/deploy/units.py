"""systemd's units as they are shipped: sections of lines, a name may stand more than once."""

from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(unit for ending in ("service", "timer", "target") for unit in DEPLOY.rglob(f"*.{ending}"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]

Unit = dict[str, dict[str, list[str]]]


def read(path: Path) -> Unit:
    """Return {section: {name: [each value]}}."""
    sections: Unit = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            sections[section][name].append(value)
    return sections
