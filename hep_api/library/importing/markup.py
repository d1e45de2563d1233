"""Steps out of a text in HTML: each paragraph and each point of a list is one."""

from collections.abc import Iterator
from html.parser import HTMLParser

LONGEST_STEP, MOST_STEPS = 1000, 30
BLOCKS = frozenset(("p", "li", "br", "ul", "ol", "div", "h1", "h2", "h3", "h4"))
UNSAID = ("script", "style")


def steps_of(html: str) -> list[str]:
    """Return the paragraphs and points of a text, each short enough for a step; a text of dots and dashes has none."""
    blocks = [" ".join(block.split()) for block in plain_text(html).split("\n")]
    said = (block for block in blocks if any(letter.isalnum() for letter in block))
    return [part for block in said for part in _parts(block)][:MOST_STEPS]


def _parts(block: str) -> Iterator[str]:
    """Yield a block in pieces that end with a sentence where they can."""
    while len(block) > LONGEST_STEP:
        end = max(block.rfind(". ", 0, LONGEST_STEP) + 1, 0) or LONGEST_STEP
        yield block[:end].strip()
        block = block[end:].strip()
    yield block


def plain_text(html: str) -> str:
    """Return the words of a text without its markup, blocks on lines of their own."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.said)


class _Reader(HTMLParser):
    """Keeps the words and where blocks begin and end; scripts and styles say nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unsaid = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        if tag in UNSAID:
            self._unsaid += 1
        if tag in BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSAID:
            self._unsaid = max(0, self._unsaid - 1)
        if tag in BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            # What was an entity may stand for what no text of ours holds.
            self.said.append("".join(letter for letter in data if letter.isprintable() or letter in "\n\t "))
