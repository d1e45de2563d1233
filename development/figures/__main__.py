"""`python -m development.figures`, or `make figures`: publishes what the last whole runs found.

Takes build/torture.json and build/bench.json into docs/figures/, then writes from there the marked blocks of README.md,
docs/performance.md and docs/torture.md, and the picture. A test holds that they agree.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from development.figures import blocks, told
from development.figures.picture import draw
from development.figures.taking import take
from development.trouble import Trouble

PICTURE = told.ROOT / "docs" / "pictures" / "bench.svg"


def main() -> int:
    """Take, write, and say what; return the exit code."""
    try:
        take(print)
        for file, text in written():
            if not file.exists() or file.read_text() != text:
                file.write_text(text)
                print(f"{file.relative_to(told.ROOT)} is written.")
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def written() -> Iterator[tuple[Path, str]]:
    """Yield each file that holds figures, with what should stand in it by the runs that docs/figures/ keeps."""
    runs = told.kept()
    for document in blocks.DOCUMENTS:
        yield document, blocks.refreshed(document.read_text(), runs)
    if "bench" in runs:
        yield PICTURE, draw(runs["bench"])


if __name__ == "__main__":
    sys.exit(main())
