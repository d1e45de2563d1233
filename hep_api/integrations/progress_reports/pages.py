"""A report as one HTML page, made of its content alone: what the page says, the content says too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hep_api.integrations.languages import Language
from hep_api.integrations.laying_out import Page, lay_out
from hep_api.integrations.progress_reports import charts
from hep_api.integrations.progress_reports.charts import Chart
from hep_api.integrations.progress_reports.models import Audience
from hep_api.integrations.progress_reports.phrases.languages import LOCALES, PHRASEBOOKS
from hep_api.integrations.progress_reports.phrases.phrasebook import Phrasebook, Voice
from hep_api.integrations.progress_reports.sealing import BLANK
from hep_api.integrations.progress_reports.wording import Words

Json = Mapping[str, Any]

PACKAGE = "hep_api.integrations.progress_reports"
# What stands in a chart and in the table of weeks.
BY_WEEK = ("completion", "dose", "active_days")
SIZES = {"width": charts.WIDTH, "height": charts.HEIGHT, "left": charts.LEFT, "right": charts.RIGHT}


@dataclass(frozen=True, slots=True)
class RatedWeek:
    """The daily medians of a week with any report of pain or effort."""

    first: str
    last: str
    pain: Sequence[float]
    effort: Sequence[float]
    days: int


def render(content: Json) -> Page:
    """Return the page of a report's content, with zeros where its seal comes."""
    language = Language(content["language"])
    say, words = PHRASEBOOKS[language], Words(PHRASEBOOKS[language], LOCALES[language])
    for_doctor = content["audience"] == Audience.DOCTOR
    voice = say.doctor if for_doctor else say.patient
    values = {
        **SIZES,
        "report": content,
        "say": say,
        "voice": voice,
        "words": words,
        "for_doctor": for_doctor,
        "has_days": content["total"]["closed_days"] > 0,
        "by_week": BY_WEEK,
        "weekly": [_by_week(content, key, voice, say, words) for key in BY_WEEK],
        "rated": _rated(content, say, words),
        "ratings": _rated_weeks(content),
        "blank": BLANK,
    }
    return lay_out(PACKAGE, "report.html", "report.css", values)


def _by_week(content: Json, key: str, voice: Voice, say: Phrasebook, words: Words) -> Chart:
    weeks = content["weeks"]
    values = [week[key]["value"] for week in weeks]
    known = [value for value in values if value is not None]
    description = say.chart_empty
    if known:
        low, high, last = (words.percent(value) for value in (min(known), max(known), known[-1]))
        description = say.chart_range.format(weeks=len(weeks), low=low, high=high, last=last)
    return Chart(
        key=f"chart-{key}",
        title=say.chart_of.format(measure=voice.measures[key].name),
        description=description,
        across=charts.across([words.percent(share) for share in (0, 0.5, 1)]),
        below=charts.below_bars([words.short(week["from"]) for week in weeks]),
        bars=charts.bars(values, ["" if value is None else words.percent(value) for value in values]),
    )


def _rated(content: Json, say: Phrasebook, words: Words) -> Chart:
    first, last = date.fromisoformat(content["from"]), date.fromisoformat(content["to"])
    lines = [
        charts.line(name, [(date.fromisoformat(day), rating) for day, rating in _medians(content, key)], first, last)
        for key, name in (("pain", say.rating_pain), ("effort", say.rating_effort))
    ]
    starts = [(date.fromisoformat(week["from"]), words.short(week["from"])) for week in content["weeks"]]
    return Chart(
        key="chart-ratings",
        title=say.rating_axis,
        description=words.slope(content["total"]),
        across=charts.across([words.number(rating) for rating in (0, 5, 10)]),
        below=charts.below_days(starts, first, last),
        lines=lines,
    )


def _rated_weeks(content: Json) -> list[RatedWeek]:
    """Return the weeks in which pain or effort was reported."""
    rated = []
    for week in content["weeks"]:
        first, last = week["from"], week["to"]
        # Dates in ISO form come in the order of their text.
        pain, effort = (
            {day: rating for day, rating in _medians(content, key) if first <= day <= last}
            for key in ("pain", "effort")
        )
        if pain or effort:
            days = len(pain.keys() | effort.keys())
            rated.append(RatedWeek(first, last, list(pain.values()), list(effort.values()), days))
    return rated


def _medians(content: Json, key: str) -> list[tuple[str, float]]:
    return [(each["day"], each["median"]) for each in content["total"][key]["medians"]]
