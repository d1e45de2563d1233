"""HTTP doors of check-in templates: the questions that a clinic asks. Staff read and write them."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.messaging.actions import check_in_templates as actions
from hep_api.messaging.queries import check_in_templates as templates
from hep_api.messaging.schemas.check_in_templates import (
    CheckInTemplateChangeIn,
    CheckInTemplateIn,
    CheckInTemplateOut,
    CheckInTemplateQuery,
    CheckInTemplateSummaryOut,
)

routes = Routes("check_ins", "Questions that a clinic asks its patients by rule, and their answers.")


@routes.get("/check-in-templates")
@signed_in(*STAFF)
@asks(CheckInTemplateQuery)
@returns(page_of(CheckInTemplateSummaryOut))
def list_check_in_templates(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """List the clinic's check-in templates by title."""
    with transaction() as session:
        return templates.list_templates_for(session, viewer(), query, asked_languages())


@routes.post("/check-in-templates")
@signed_in(*STAFF)
@takes(CheckInTemplateIn)
@returns(CheckInTemplateOut, 201, tag=etags.by_version)
def add_check_in_template(body: dict[str, Any]) -> dict[str, Any]:
    """Write questions to ask patients, in one or more languages.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.
    """
    with transaction() as session:
        template_id = actions.add_template(session, viewer(), body, clock.now())
        return templates.template_for(session, viewer(), template_id)


@routes.get("/check-in-templates/<uuid:check_in_template_id>")
@signed_in(*STAFF)
@returns(CheckInTemplateOut, tag=etags.by_version)
def get_check_in_template(check_in_template_id: UUID) -> dict[str, Any]:
    """Read a template in all its languages, as it asks now."""
    with transaction() as session:
        return templates.template_for(session, viewer(), check_in_template_id)


@routes.get("/check-in-templates/<uuid:check_in_template_id>/versions/<int(max=2147483647):number>")
@signed_in(*STAFF)
@returns(CheckInTemplateOut)
def get_check_in_template_version(check_in_template_id: UUID, number: int) -> dict[str, Any]:
    """Read a template as it asked in a version, such as the one that somebody answered."""
    with transaction() as session:
        return templates.template_for(session, viewer(), check_in_template_id, number)


@routes.put("/check-in-templates/<uuid:check_in_template_id>")
@signed_in(*STAFF)
@takes(CheckInTemplateChangeIn)
@returns(CheckInTemplateOut, tag=etags.by_version)
def change_check_in_template(check_in_template_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Write a template anew; needs If-Match. It becomes the next version; what was asked before stays as it was asked.

    A key stands for the same question in all versions: its kind and its ends stay, since its answers are one series.

    Errors: 409 for an archived template; 422 naming a question whose key stood for another.
    """
    with transaction() as session:
        actions.change_template(session, viewer(), check_in_template_id, body, clock.now())
        return templates.template_for(session, viewer(), check_in_template_id)


@routes.post("/check-in-templates/<uuid:check_in_template_id>/archive")
@signed_in(*STAFF)
@returns(CheckInTemplateOut, tag=etags.by_version)
def archive_check_in_template(check_in_template_id: UUID) -> dict[str, Any]:
    """Take a template out of the list: it is asked no more, by its rules neither, until it is restored."""
    with transaction() as session:
        actions.archive_template(session, viewer(), check_in_template_id, clock.now())
        return templates.template_for(session, viewer(), check_in_template_id)


@routes.post("/check-in-templates/<uuid:check_in_template_id>/restore")
@signed_in(*STAFF)
@returns(CheckInTemplateOut, tag=etags.by_version)
def restore_check_in_template(check_in_template_id: UUID) -> dict[str, Any]:
    """Put an archived template back; its rules ask again from the next time on."""
    with transaction() as session:
        actions.restore_template(session, viewer(), check_in_template_id)
        return templates.template_for(session, viewer(), check_in_template_id)
