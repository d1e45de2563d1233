"""HTTP doors of mail: one's own digest, to whom nothing comes through, and the link that ends mails."""

from typing import Any
from uuid import UUID

from flask import Response

from hep_api.accounts.viewer import LEADERS, STAFF, viewer
from hep_api.clinics.actions import bouncing
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import not_found
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web.doors import Routes, asks, open_to_anyone, returns, sends, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.notifications.actions import digesting, unsubscribing
from hep_api.notifications.mailing.ending_page import POLICY, page_of_ending
from hep_api.notifications.mailing.endings import Ending, read_ending
from hep_api.notifications.models.mails import MailDigest
from hep_api.notifications.queries import bounces
from hep_api.notifications.queries.bounces import ShownBounce
from hep_api.notifications.schemas.mails import BounceOut, BounceQuery, DigestIn, DigestOut

routes = Routes("mails", "Mail: digests, addresses that take none, and the link that ends mails.")

HTML = "text/html"
HOLDER = "The link stands in a mail: signed by us, for its reader, and good for nothing but to send them less."


@routes.get("/me/digest")
@signed_in(*STAFF)
@returns(DigestOut)
def get_own_digest() -> MailDigest | dict[str, Any]:
    """Show when you get a mail with the numbers of the day."""
    with transaction() as session:
        at = viewer()
        return session.get(MailDigest, (at.clinic_id, at.member_id)) or {"at": None, "next_at": None}


@routes.put("/me/digest")
@signed_in(*STAFF)
@takes(DigestIn)
@returns(DigestOut)
def wish_digest(body: dict[str, Any]) -> MailDigest:
    """Get a mail with the numbers of the day at a time of yours, on days on which anything waits.

    It says how many conversations of your patients wait for an answer and since when, and how many entries of the
    attention list are open; it names nobody.
    """
    with transaction() as session:
        return digesting.wish_digest(session, viewer(), body["at"], clock.now())


@routes.get("/clinic/bounces")
@signed_in(*LEADERS)
@asks(BounceQuery)
@returns(page_of(BounceOut))
def list_bounces(query: dict[str, Any]) -> Page[ShownBounce]:
    """List the members to whom mail does not come through, the latest first.

    They get no notices and no digests by mail until somebody clears it; invitations and letters about their account are
    tried again each time.
    """
    with transaction() as session:
        return bounces.list_bounces_for(session, viewer(), query)


@routes.delete("/clinic/bounces/<uuid:member_id>")
@signed_in(*LEADERS)
@returns(None, 204)
def clear_bounce(member_id: UUID) -> None:
    """Let mail go to a member again, whose address is right after all; nothing happens where nothing is noted."""
    with transaction() as session:
        bouncing.clear_bounce(session, viewer(), member_id)


@routes.get("/mail/unsubscribe/<token>")
@open_to_anyone(HOLDER, pace=BY_PROGRAM)
@sends(HTML)
def show_ending(token: str) -> Response:
    """Show a page that asks whether mails of a kind are to end; by itself it changes nothing, as programs look at it.

    Errors: 404 for a link that is not ours.
    """
    _ending(token)
    return _page(is_done=False)


@routes.post("/mail/unsubscribe/<token>")
@open_to_anyone(HOLDER, pace=BY_PROGRAM)
@sends(HTML)
def end_mails(token: str) -> Response:
    """End mails of the kinds that stood in the one with this link (RFC 8058); the body is not looked at.

    Done again, nothing changes.

    Errors: 404 for a link that is not ours.
    """
    ending = _ending(token)
    with transaction() as session:
        unsubscribing.unsubscribe(session, ending)
    return _page(is_done=True)


def _ending(token: str) -> Ending:
    ending = read_ending(token)
    if ending is None:
        raise not_found("link")
    return ending


def _page(*, is_done: bool) -> Response:
    response = Response(page_of_ending(asked_languages(), is_done=is_done), mimetype=HTML)
    response.headers["Content-Security-Policy"] = POLICY
    return response
