"""What is asked of a handout, in a query or in a body, and the link to one."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Day, Flag, FlagInQuery, Whole, WholeInQuery
from hep_api.foundation.web.schemas import In, Out
from hep_api.integrations.handouts.wishes import MOST_WEEKS, USUAL_WEEKS, Paper
from hep_api.integrations.languages import Language

LANGUAGE = {"description": "that of Accept-Language when left out"}
WEEKS = {"description": "weeks of the table to tick; 0 for none"}
LARGE = {"description": "large type"}
NAME = {"description": "the patient's name in full, not only initials"}
FROM = {"description": "the first day; the patient's today when left out"}


class HandoutQuery(In):
    """Which handout."""

    language = Choice(Language, load_default=None, metadata=LANGUAGE)
    weeks = WholeInQuery(least=0, most=MOST_WEEKS, load_default=USUAL_WEEKS, metadata=WEEKS)
    paper = Choice(Paper, load_default=Paper.A4)
    large = FlagInQuery(load_default=False, metadata=LARGE)
    name = FlagInQuery(load_default=False, metadata=NAME)
    from_on = Day(data_key="from", load_default=None, metadata=FROM)


class HandoutLinkIn(In):
    """Which handout a link is to lead to; `{}` for the usual one."""

    language = Choice(Language, load_default=None, allow_none=True, metadata=LANGUAGE)
    weeks = Whole(least=0, most=MOST_WEEKS, load_default=USUAL_WEEKS, metadata=WEEKS)
    paper = Choice(Paper, load_default=Paper.A4)
    large = Flag(load_default=False, metadata=LARGE)
    name = Flag(load_default=False, metadata=NAME)
    from_on = Day(data_key="from", load_default=None, allow_none=True, metadata=FROM)


class HandoutLinkOut(Out):
    """Both addresses are relative to this server; whoever holds one sees the handout, until it expires."""

    page_url = fields.String()
    pdf_url = fields.String()
    expires_at = fields.DateTime()
