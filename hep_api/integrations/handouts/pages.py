"""A handout as one HTML page to print; how a page is made safe and whole is `laying_out`'s."""

from datetime import date

from babel.dates import get_day_names

from hep_api.integrations import dates
from hep_api.integrations.handouts.phrases.languages import PHRASEBOOKS
from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook
from hep_api.integrations.handouts.sheets import Group, Handout, Prescribed
from hep_api.integrations.handouts.ticking import Week
from hep_api.integrations.laying_out import Page, lay_out

PACKAGE = "hep_api.integrations.handouts"


def render(handout: Handout) -> Page:
    """Return the page with the Content-Security-Policy that it is to be sent with."""
    wishes = handout.wishes
    values = {"handout": handout, "wishes": wishes, "say": PHRASEBOOKS[wishes.language], "dates": Dates(wishes.locale)}
    return lay_out(PACKAGE, "handout.html", "handout.css", values)


class Dates(dates.Dates):
    """Dates as they stand on a handout."""

    def of_week(self, week: Week) -> str:
        return self.between(week.days[0], week.days[-1])

    def weekday(self, day: date) -> str:
        return str(get_day_names("abbreviated", "stand-alone", self.locale)[day.weekday()])

    def until(self, prescribed: Prescribed, say: Phrasebook) -> str:
        """Return until when a dose holds, when that is within the handout's dates."""
        return "" if prescribed.last_on is None else say.until_day.format(date=self.long(prescribed.last_on))

    def since(self, group: Group, say: Phrasebook) -> str:
        """Return from when a group holds, as its heading or before its name; nothing for the first."""
        if group.from_on is None:
            return ""
        return (say.from_day_of if group.name else say.from_day).format(date=self.long(group.from_on))
