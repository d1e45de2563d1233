"""A handout as one HTML page that needs nothing else: style and pictures are in it, scripts there are none.

Its policy allows the one style sheet by its hash and pictures from within, so a text that got past the escaping would
still run nothing and call nobody.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import format_date, format_interval, get_day_names
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hep_api.integrations.handouts.phrases.languages import PHRASEBOOKS
from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook
from hep_api.integrations.handouts.sheets import Group, Handout, Prescribed
from hep_api.integrations.handouts.ticking import Week
from hep_api.integrations.handouts.wishes import Wishes

POLICY = (
    "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Page:
    html: str
    content_security_policy: str


def render(handout: Handout) -> Page:
    """Return the page with the Content-Security-Policy that it is to be sent with."""
    wishes = handout.wishes
    templates = _templates()
    style = templates.get_template("handout.css").render(wishes=wishes)
    html = templates.get_template("handout.html").render(
        handout=handout,
        say=PHRASEBOOKS[wishes.language],
        dates=Dates(wishes),
        # Ours, with nothing in it that anyone wrote; escaped it would be no style sheet.
        style=Markup(style),  # noqa: S704
    )
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Page(html, POLICY.format(digest=digest))


class Dates:
    """Dates as the reader writes them."""

    def __init__(self, wishes: Wishes) -> None:
        self._locale = wishes.locale

    def long(self, day: date) -> str:
        return format_date(day, "long", locale=self._locale)

    def of_week(self, week: Week) -> str:
        return format_interval(week.days[0], week.days[-1], skeleton="yMMMd", locale=self._locale)

    def weekday(self, day: date) -> str:
        return str(get_day_names("abbreviated", "stand-alone", self._locale)[day.weekday()])

    def short(self, day: date) -> str:
        return format_date(day, format="d.M." if self._locale == "de" else "d MMM", locale=self._locale)

    def until(self, prescribed: Prescribed, say: Phrasebook) -> str:
        """Return until when a dose holds, when that is within the handout's dates."""
        return "" if prescribed.last_on is None else say.until_day.format(date=self.long(prescribed.last_on))

    def since(self, group: Group, say: Phrasebook) -> str:
        """Return from when a group holds, as its heading or before its name; nothing for the first."""
        if group.from_on is None:
            return ""
        return (say.from_day_of if group.name else say.from_day).format(date=self.long(group.from_on))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("hep_api.integrations.handouts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
