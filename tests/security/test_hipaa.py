"""The table of 45 CFR 164.312 has every row of the rule, says something in each, and names only what is there."""

from tests.security import named
from tests.security.named import ROOT

DOCUMENT = ROOT / "docs" / "security" / "hipaa.md"
# Paragraph, and what the rule makes of it.
RULE = {
    "(a)(1)": "standard",
    "(a)(2)(i)": "required",
    "(a)(2)(ii)": "required",
    "(a)(2)(iii)": "addressable",
    "(a)(2)(iv)": "addressable",
    "(b)": "required",
    "(c)(1)": "standard",
    "(c)(2)": "addressable",
    "(d)": "required",
    "(e)(1)": "standard",
    "(e)(2)(i)": "addressable",
    "(e)(2)(ii)": "addressable",
}


def rows() -> dict[str, list[str]]:
    """Return the cells of each row behind its paragraph."""
    cells = [
        [cell.strip() for cell in line.strip("|\n").split(" | ")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| (")
    ]
    return {row[0]: row[1:] for row in cells}


def test_every_row_of_the_rule_is_there() -> None:
    assert {section: cells[1] for section, cells in rows().items()} == RULE


def test_every_row_says_what_is_done_by_whom_and_what_shows_it() -> None:
    for section, (_, _, done, shown, left) in rows().items():
        assert len(done) > 20, section
        assert named.TEST.search(shown), section
        assert left, section


def test_what_is_named_is_there() -> None:
    assert named.missing_from(DOCUMENT) == []
