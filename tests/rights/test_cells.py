"""How values are written into an export."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from hep_api.accounts.viewer import Role
from hep_api.rights.cells import for_csv, for_json


@pytest.mark.parametrize(
    ("value", "in_json", "in_csv"),
    [
        (None, None, ""),
        (True, True, "true"),
        (-3, -3, "-3"),
        (-0.5, -0.5, "-0.5"),
        (Decimal("-1.20"), "-1.20", "-1.20"),
        (date(2026, 2, 28), "2026-02-28", "2026-02-28"),
        (time(4), "04:00:00", "04:00:00"),
        (datetime(2026, 2, 28, 7, tzinfo=UTC), "2026-02-28T07:00:00+00:00", "2026-02-28T07:00:00+00:00"),
        (UUID(int=1), str(UUID(int=1)), str(UUID(int=1))),
        (Role.PATIENT, "patient", "patient"),
        (["a", 1], ["a", 1], '["a", 1]'),
        ({"a": [date(2026, 1, 2)]}, {"a": ["2026-01-02"]}, '{"a": ["2026-01-02"]}'),
        ("plain, with ümlaut", "plain, with ümlaut", "plain, with ümlaut"),
        ("", "", ""),
    ],
)
def test_a_value_is_written_as_what_it_is(value: Any, in_json: Any, in_csv: str) -> None:
    assert for_json(value) == in_json
    assert for_csv(value, in_json) == in_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\uff1d1", "\uff20x"])
def test_a_text_that_a_spreadsheet_would_run_stays_text(text: str) -> None:
    assert for_csv(text, text) == f"'{text}"
    assert for_json(text) == text


def test_a_formula_behind_a_line_break_is_text_too() -> None:
    assert for_csv("\n=x", "\n=x") == "'\n'=x"


def test_what_has_no_form_is_noticed() -> None:
    with pytest.raises(TypeError, match="bytes"):
        for_json(b"digest")
