"""Marked blocks of documents, written from results: no figure stands in two places and differs.

<!-- figures: bench -->
(written by `make figures`)
<!-- end of figures -->
"""

import re
from collections.abc import Callable, Mapping

from development.figures import headlines, scaling, tables
from development.figures.told import ROOT, Run
from development.trouble import Trouble

DOCUMENTS = tuple(ROOT / name for name in ("README.md", "docs/performance.md", "docs/torture.md", "docs/scaling.md"))
BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)
WRITERS: Mapping[str, Callable[[Mapping[str, Run]], str]] = {
    "torture": lambda runs: tables.torture(runs["torture"]),
    "bench": lambda runs: tables.bench(runs["bench"]),
    "headlines": headlines.headlines,
    "scaling": scaling.written,
}


def refreshed(text: str, runs: Mapping[str, Run]) -> str:
    """Return the text with each of its blocks written anew; Trouble for a block that nobody knows or has run for."""

    def write(found: re.Match[str]) -> str:
        try:
            written = WRITERS[found[2]](runs)
        except KeyError as error:
            raise Trouble(f"There is nothing to write the figures of {found[2]!r} from: {error}") from None
        return f"{found[1]}{written.rstrip()}\n{found[3]}"

    return BLOCK.sub(write, text)
