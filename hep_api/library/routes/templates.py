"""The HTTP doors of templates: a clinic's protocols, and those of the starter set. Staff read, practitioners write."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.library.actions import templates as actions
from hep_api.library.queries import templates
from hep_api.library.schemas.templates import (
    TemplateChangeIn,
    TemplateCopyIn,
    TemplateIn,
    TemplateOut,
    TemplateQuery,
    TemplateSummaryOut,
)

routes = Routes("templates", "A clinic's protocols, phase by phase, to make plans from.")


@routes.get("/templates")
@signed_in(*STAFF)
@asks(TemplateQuery)
@returns(page_of(TemplateSummaryOut))
def list_templates(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """List templates by title: the starter set's and the clinic's, or those that hold every word and suit every filter.

    A word is found as it begins, in the title, the tags, the region, the summary and the names of phases.
    """
    with transaction() as session:
        return templates.list_templates_for(session, viewer(), query)


@routes.post("/templates")
@signed_in(Role.PRACTITIONER)
@takes(TemplateIn)
@returns(TemplateOut, 201, tag=etags.by_version)
def add_template(body: dict[str, Any]) -> dict[str, Any]:
    """Add a template to the clinic's own.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.

    Errors: 422 naming the phase and item whose exercise is unknown, archived, or somebody's draft, such as
    `/phases/1/items/3/exercise_id`.
    """
    with transaction() as session:
        template_id = actions.add_template(session, viewer(), body, clock.now())
        return templates.template_for(session, viewer(), template_id, asked_languages())


@routes.get("/templates/<uuid:template_id>")
@signed_in(*STAFF)
@returns(TemplateOut, tag=etags.by_version)
def get_template(template_id: UUID) -> dict[str, Any]:
    """Read a template as it is now; each item names its exercise and says whether it can still be prescribed."""
    with transaction() as session:
        return templates.template_for(session, viewer(), template_id, asked_languages())


@routes.get("/templates/<uuid:template_id>/versions/<int(max=2147483647):number>")
@signed_in(*STAFF)
@returns(TemplateOut)
def get_template_version(template_id: UUID, number: int) -> dict[str, Any]:
    """Read a template as it was in a version, such as the one that a revision of a plan came from."""
    with transaction() as session:
        return templates.template_for(session, viewer(), template_id, asked_languages(), number)


@routes.put("/templates/<uuid:template_id>")
@signed_in(Role.PRACTITIONER)
@takes(TemplateChangeIn)
@returns(TemplateOut, tag=etags.by_version)
def change_template(template_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Write a template anew; needs If-Match. It becomes the next version; plans made from it before stay as they are.

    Errors: 409 for the starter set, which is read only, and for an archived template; 422 as for adding.
    """
    with transaction() as session:
        actions.change_template(session, viewer(), template_id, body, clock.now())
        return templates.template_for(session, viewer(), template_id, asked_languages())


@routes.post("/templates/<uuid:template_id>/archive")
@signed_in(Role.PRACTITIONER)
@returns(TemplateOut, tag=etags.by_version)
def archive_template(template_id: UUID) -> dict[str, Any]:
    """Take a template of the clinic's out of the lists; it can no longer be applied, and still be read and restored.

    Errors: 409 for the starter set, which is read only.
    """
    with transaction() as session:
        actions.archive_template(session, viewer(), template_id, clock.now())
        return templates.template_for(session, viewer(), template_id, asked_languages())


@routes.post("/templates/<uuid:template_id>/restore")
@signed_in(Role.PRACTITIONER)
@returns(TemplateOut, tag=etags.by_version)
def restore_template(template_id: UUID) -> dict[str, Any]:
    """Put an archived template of the clinic's back.

    Errors: 409 for the starter set, which is read only.
    """
    with transaction() as session:
        actions.restore_template(session, viewer(), template_id)
        return templates.template_for(session, viewer(), template_id, asked_languages())


@routes.post("/templates/<uuid:template_id>/copy")
@signed_in(Role.PRACTITIONER)
@takes(TemplateCopyIn)
@returns(TemplateOut, 201, tag=etags.by_version)
def copy_template(template_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Copy a template, of the starter set too, into the clinic's own, to be changed there.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.
    """
    with transaction() as session:
        copy_id = actions.copy_template(session, viewer(), template_id, body, clock.now())
        return templates.template_for(session, viewer(), copy_id, asked_languages())
