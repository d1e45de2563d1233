"""What a report is drawn and written with: charts with gaps where nothing can be measured, words in each language."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from hep_api.foundation.languages import WRITTEN
from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports import charts, sealing
from hep_api.integrations.progress_reports.phrases.languages import LOCALES, PHRASEBOOKS
from hep_api.integrations.progress_reports.wording import Words

MONDAY = date(2026, 3, 2)


def test_nothing_done_is_a_line_and_not_measurable_is_a_gap() -> None:
    none, nothing, half, more = charts.bars([None, 0.0, 0.5, 1.4], ["", "0%", "50%", "140%"])
    assert (none.height, none.number) == (0.0, "")
    assert (nothing.height, nothing.number) == (charts.LEAST_HEIGHT, "0%")
    assert (half.height, more.height) == (charts.PLOT_HEIGHT / 2, charts.PLOT_HEIGHT)
    assert more.x + more.width <= charts.WIDTH - charts.RIGHT
    assert all(not bar.number for bar in charts.bars([0.5] * 53, ["50%"] * 53))


def test_a_line_is_not_drawn_through_more_than_a_week_without_a_report() -> None:
    days = [0, 1, 8, 16, 17, 40]
    drawn = charts.line("Pain", [(MONDAY + timedelta(n), 5.0) for n in days], MONDAY, MONDAY + timedelta(40))
    assert len(drawn.dots) == 6
    assert [run.count(",") for run in drawn.runs] == [3, 2]
    assert drawn.dots[-1].x == charts.WIDTH - charts.RIGHT
    (alone,) = charts.line("Pain", [(MONDAY, 10.0)], MONDAY, MONDAY).dots
    assert alone.y == charts.TOP


def test_there_is_never_a_label_too_many() -> None:
    for weeks in (1, 8, 9, 53):
        assert 1 <= len(charts.below_bars(["x"] * weeks)) <= charts.MOST_LABELS
    assert charts.below_bars([]) == []


def phrases(part: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every phrase by its name."""
    if isinstance(part, str):
        yield name, part
    elif is_dataclass(part):
        for each in fields(part):
            yield from phrases(getattr(part, each.name), f"{name}.{each.name}")
    else:
        for key, inner in part.items():
            yield from phrases(inner, f"{name}.{key}")


@pytest.mark.parametrize("language", Language)
def test_every_language_says_everything_with_the_same_words_to_fill_in(language: Language) -> None:
    english, said = (dict(phrases(PHRASEBOOKS[each])) for each in (Language.ENGLISH, language))
    assert said.keys() == english.keys()
    for name, phrase in said.items():
        assert phrase.strip()
        assert re.findall(r"{\w+}", phrase) == [] or set(re.findall(r"{\w+}", phrase)) == set(
            re.findall(r"{\w+}", english[name])
        ), name
        assert ("{" in phrase) == ("{" in english[name]), name


def test_the_languages_are_those_that_the_product_writes() -> None:
    assert {each.value for each in PHRASEBOOKS} == {each.value for each in LOCALES} == set(WRITTEN)


def test_numbers_are_written_as_they_are_and_in_the_readers_way() -> None:
    german, english = (Words(PHRASEBOOKS[each], LOCALES[each]) for each in (Language.GERMAN, Language.ENGLISH))
    assert [english.percent(each) for each in (0, 0.6667, 0.5, 1, 1.25)] == ["0%", "66.67%", "50%", "100%", "125%"]
    assert german.percent(0.6667) == "66,67\xa0%"
    assert (english.number(12.5), german.number(1234.5678)) == ("12.5", "1.234,5678")
    assert english.pause({"from": "2026-03-02", "to": "2026-03-05"}) == "2 March 2026 to 4 March 2026"


def test_only_the_seals_own_place_is_filled_in() -> None:
    page = f'<p>{sealing.BLANK}</p><code class="seal">{sealing.BLANK}</code>'
    sealed, digest = sealing.seal(page)
    assert sealed == f'<p>{sealing.BLANK}</p><code class="seal">{digest.hex()}</code>'
    assert sealing.unsealed(sealed, digest) == page
