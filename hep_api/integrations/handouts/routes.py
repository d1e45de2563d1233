"""HTTP doors of handouts: the page, the PDF, and links that open them in a browser."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.audit import notes
from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import not_found
from hep_api.foundation.files.store import files
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.limits.rates import HOUR
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.doors import Routes, asks, open_to_anyone, returns, sends, signed_in, takes
from hep_api.foundation.web.pacing import limited
from hep_api.integrations import documents
from hep_api.integrations.documents import NotInstalled
from hep_api.integrations.handouts import links, pages, pictures, queries
from hep_api.integrations.handouts.links import HandoutLink
from hep_api.integrations.handouts.schemas import HandoutLinkIn, HandoutLinkOut, HandoutQuery
from hep_api.integrations.handouts.sheets import Handout
from hep_api.integrations.handouts.wishes import Wishes
from hep_api.integrations.languages import chosen
from hep_api.integrations.laying_out import Page

routes = Routes("handouts", "A plan on paper: exercises with pictures, and a table to tick.")

HTML, PDF = "text/html", "application/pdf"
HOLDER = "The link is the proof: signed by us, for one handout, for ten minutes, and given to somebody who may see it."


@routes.get("/plans/<uuid:plan_id>/handout")
@signed_in(*EVERYONE)
@asks(HandoutQuery)
@sends(HTML)
def get_handout(plan_id: UUID, query: dict[str, Any]) -> Response:
    """Read a plan as a page to print: its exercises with pictures and doses in words, and a table to tick.

    The table has one box for each time that is due, week by week, and none on days of rest and in pauses. A patient
    reads the exercises of an ended plan for as many days as the clinic allows, then 404.

    Errors: 422 naming `/from` for a day more than a year off, `/weeks` for more boxes than a page bears.
    """
    return _as_html(_page_for_viewer(plan_id, _wishes(query)))


@routes.get("/plans/<uuid:plan_id>/handout.pdf")
@signed_in(*EVERYONE)
@limited(60, HOUR)
@asks(HandoutQuery)
@sends(PDF)
def get_handout_as_pdf(plan_id: UUID, query: dict[str, Any]) -> Response:
    """Read the same page as a PDF.

    Errors: 501 with `page_url` where this server makes none; 422 as for the page.
    """
    page = _page_for_viewer(plan_id, _wishes(query))
    asked = request.query_string.decode()
    return _as_pdf(page, f"/v1/plans/{plan_id}/handout" + (f"?{asked}" if asked else ""))


@routes.post("/plans/<uuid:plan_id>/handout-links")
@signed_in(*EVERYONE)
@takes(HandoutLinkIn)
@returns(HandoutLinkOut, 201)
def make_handout_link(plan_id: UUID, body: dict[str, Any]) -> HandoutLink:
    """Make a link that opens the page, or the PDF, in a browser, which sends no token.

    Whoever holds the link sees the handout for ten minutes: hand it to nobody else.

    Errors: 404 as for the page; 422 as for the page, when it is opened.
    """
    with transaction() as session:
        found = queries.plan_to_hand_out(session, viewer(), plan_id, clock.now())
        return links.make_link(found.plan.clinic_id, plan_id, _wishes(body), clock.now())


@routes.get("/handouts/<token>")
@open_to_anyone(HOLDER)
@sends(HTML)
def open_handout(token: str) -> Response:
    """Read the page that a link leads to.

    Errors: 404 for a link that is forged or has expired.
    """
    return _as_html(_page_of_link(token))


@routes.get("/handouts/<token>/pdf")
@open_to_anyone(HOLDER)
@sends(PDF)
def open_handout_as_pdf(token: str) -> Response:
    """Read the PDF that a link leads to.

    Errors: 404 for a link that is forged or has expired; 501 with `page_url` where this server makes no PDF.
    """
    return _as_pdf(_page_of_link(token), f"/v1/handouts/{token}")


def _wishes(said: dict[str, Any]) -> Wishes:
    """Return what is wished for, in the language of the request where it names none."""
    return Wishes(**{**said, "language": chosen(said["language"], asked_languages())})


def _page_for_viewer(plan_id: UUID, wishes: Wishes) -> Page:
    now = clock.now()
    with transaction() as session:
        found = queries.plan_to_hand_out(session, viewer(), plan_id, now)
        handout = queries.handout_of(session, found, wishes, _plan_link(), now)
    return _laid_out(handout)


def _page_of_link(token: str) -> Page:
    now = clock.now()
    linked = links.read_link(token, now)
    if linked is None:
        raise not_found("handout")
    with transaction() as session:
        tenancy.act_for(session, linked.clinic_id)
        found = queries.plan_of_link(session, linked.clinic_id, linked.plan_id)
        handout = queries.handout_of(session, found, linked.wishes, _plan_link(), now)
        named = {"plan_id": str(found.plan.id)}
        notes.note(session, "handout.opened", patient_id=found.patient.id, subject=named)
    return _laid_out(handout)


def _laid_out(handout: Handout) -> Page:
    # When the transaction is over, so that a long plan and a slow store hold no connection.
    return pages.render(pictures.with_files(handout, files()))


def _as_html(page: Page) -> Response:
    response = Response(page.html, mimetype=HTML)
    response.headers["Content-Security-Policy"] = page.content_security_policy
    return response


def _as_pdf(page: Page, page_url: str) -> Response:
    try:
        response = Response(documents.make_pdf(page.html), mimetype=PDF)
    except NotInstalled:
        raise documents.not_here(page_url) from None
    response.headers["Content-Disposition"] = 'inline; filename="handout.pdf"'
    return response


def _plan_link() -> str:
    settings: Settings = current_app.extensions["hep_settings"]
    return settings.plan_link
