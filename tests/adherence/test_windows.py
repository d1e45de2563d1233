"""Which closed days a window holds."""

from datetime import date

from hep_api.adherence.windows import Window, between, trailing, whole_plan


def test_trailing_windows_hold_as_many_days_as_they_say():
    window = trailing(7, date(2026, 6, 10))
    assert (window.first, window.last, window.days) == (date(2026, 6, 4), date(2026, 6, 10), 7)
    assert next(iter(window)) == window.first
    assert len(list(window)) == 7


def test_both_ends_are_included_and_days_not_over_are_cut_off():
    assert between(date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 10)) == Window(
        date(2026, 6, 1), date(2026, 6, 10)
    )
    assert between(date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 10)).days == 2
    assert between(date(2026, 6, 11), date(2026, 6, 12), date(2026, 6, 10)).days == 0


def test_a_plan_is_looked_at_over_its_own_dates():
    closed = date(2026, 6, 10)
    assert whole_plan(date(2026, 6, 1), None, closed) == Window(date(2026, 6, 1), closed)
    assert whole_plan(date(2026, 6, 1), date(2026, 6, 5), closed) == Window(date(2026, 6, 1), date(2026, 6, 4))
    assert whole_plan(date(2026, 6, 1), date(2026, 6, 1), closed).days == 0
    assert whole_plan(date(2026, 7, 1), None, closed).days == 0
