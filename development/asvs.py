"""Writes docs/security/asvs.md from docs/security/asvs/: how each requirement of OWASP ASVS, levels 1 and 2, is met.

`python -m development.asvs`, or `make evidence`. What is named there is looked for by tests/security/test_asvs.py.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DATA = ROOT / "docs" / "security" / "asvs"
DOCUMENT = ROOT / "docs" / "security" / "asvs.md"
LEVELS = (1, 2)
# Chapters about something that the product is not at all: OAuth and OpenID Connect, WebRTC.
FOREIGN_CHAPTERS = (10, 17)
MET, PARTLY, HOST, NOT_APPLICABLE = STATUSES = ("met", "partly", "host", "not applicable")

HEAD = """# OWASP ASVS 5.0.0, levels 1 and 2

Written by `make evidence` from the files in [asvs/](asvs/); change those. A test holds that every requirement of both
levels is here once, and that the tests, settings and files named exist. The words are ours and short; the requirements'
own, by OWASP under CC BY-SA 4.0, are at <https://github.com/OWASP/ASVS/tree/v5.0.0>.

- **met**: by the product, as the tests, settings or documents named show.
- **partly**: what is missing is said.
- **host**: whoever runs it does it; what the product does for it is said. Check these before going live.
- **not applicable**: the product has nothing that it speaks of; why is said.
"""
COUNTED = """
{all} requirements have level 1 or 2. {foreign} of them speak of what the product is not (chapters 10, OAuth, and 17,
WebRTC), which leaves {own}: of these {own_met} are met, {own_partly} partly, {own_host} are the host's, and to
{own_not_applicable} there is nothing here that they could apply to. All {all} are answered.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement and how it is met; `tests` are named as pytest does, without parameters."""

    id: str
    level: int
    about: str
    status: str
    tests: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    missing: str = ""
    reason: str = ""
    note: str = ""

    @property
    def chapter(self) -> int:
        return int(self.id.partition(".")[0])


@dataclass(frozen=True, slots=True)
class Chapter:
    number: int
    name: str
    requirements: tuple[Requirement, ...]

    def count(self, status: str) -> int:
        return sum(requirement.status == status for requirement in self.requirements)


def levels() -> dict[str, int]:
    """Return the level of every requirement of the standard, by id."""
    sections = tomllib.loads((DATA / "levels.toml").read_text())
    return {f"{section}.{place}": level for section, of in sections.items() for place, level in enumerate(of, 1)}


def chapters() -> list[Chapter]:
    """Return what is written down, chapter by chapter; KeyError for an id that the standard does not know."""
    known = levels()
    return [_chapter(file, known) for file in sorted(DATA.glob("V*.toml"))]


def render() -> str:
    """Return the document."""
    read = chapters()
    parts = [HEAD, _counted(read), _table(read), *(part for chapter in read for part in _rows(chapter))]
    return "\n".join(parts)


def _chapter(file: Path, known: dict[str, int]) -> Chapter:
    written: dict[str, Any] = tomllib.loads(file.read_text())
    title = written.pop("name")
    return Chapter(
        int(file.stem[1:]), title, tuple(_requirement(name, known[name], it) for name, it in written.items())
    )


def _requirement(identifier: str, level: int, written: dict[str, Any]) -> Requirement:
    named: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in written.items()}
    return Requirement(identifier, level, **named)


def _counted(read: list[Chapter]) -> str:
    everything = [requirement for chapter in read for requirement in chapter.requirements]
    own = [requirement for requirement in everything if requirement.chapter not in FOREIGN_CHAPTERS]
    by_status = Counter(requirement.status for requirement in own)
    figures = {f"own_{status.replace(' ', '_')}": by_status[status] for status in STATUSES}
    return COUNTED.format(all=len(everything), own=len(own), foreign=len(everything) - len(own), **figures)


def _table(read: list[Chapter]) -> str:
    head = "| chapter | all | met | partly | host | not applicable |\n|---|---|---|---|---|---|\n"
    rows = [
        f"| {chapter.number} {chapter.name} | {len(chapter.requirements)} | "
        + " | ".join(str(chapter.count(status)) for status in STATUSES)
        + " |"
        for chapter in read
    ]
    return head + "\n".join(rows) + "\n"


def _rows(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.number} {chapter.name}\n"
    yield "| id | level | in short | status | shown by |\n|---|---|---|---|---|"
    for each in chapter.requirements:
        yield f"| {each.id} | {each.level} | {_cell(each.about)} | {each.status} | {_cell(_shown_by(each))} |"
    yield ""


def _shown_by(requirement: Requirement) -> str:
    words = [f"Missing: {requirement.missing}" if requirement.missing else "", requirement.reason, requirement.note]
    named = [*(f"`{test}`" for test in requirement.tests), *(f"`{setting}`" for setting in requirement.settings)]
    linked = [f"[{document}](../../{document})" for document in requirement.documents]
    return " ".join(word for word in (*words, "<br>".join((*named, *linked))) if word)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write the document; return the exit code."""
    DOCUMENT.write_text(render())
    print(f"{DOCUMENT.relative_to(ROOT)} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
