"""HTTP door of a practitioner's morning."""

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import speaking
from hep_api.foundation.web.doors import Routes, returns, signed_in
from hep_api.insights.queries import morning
from hep_api.insights.queries.morning import Morning
from hep_api.insights.schemas.morning import MorningOut
from hep_api.insights.words import languages

routes = Routes("morning", "What the day brings, in one request.")


@routes.get("/morning")
@signed_in(*STAFF)
@returns(MorningOut)
def get_morning() -> Morning:
    """Show what one's patients bring today: attention, messages, suggested doses, plans that begin and end."""
    language = languages.chosen(asked_languages())
    speaking.answer_in(language)
    with transaction() as session:
        return morning.get_morning_for(session, viewer(), language, clock.now())
