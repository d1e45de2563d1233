"""Doors that take files: their bodies are large, and may take minutes to come.

    @routes.post("/media")
    @signed_in(*STAFF)
    @receives(lambda settings: settings.media_video_bytes, "multipart/form-data", {"file": FILE})
    def add_asset(): ...

Who sends is recognised before a byte is read, so that nobody else fills the disk, and again in every transaction after
that (`recognised_again`), so that no connection is held while bytes come and whoever loses access stops at once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from hep_api.foundation import occasions
from hep_api.foundation.database import abandon_begun_session, transaction
from hep_api.foundation.errors import Problem, invalid_field, role_may_not
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.documenting import View, document
from hep_api.foundation.web.doors import recognition

# What a form has beside its file: names of parts, and a few short texts.
BESIDES_THE_FILE = 64 * 1024
MOST_PARTS = 20
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}


def receives(
    most: Callable[[Settings], int], media_type: str, properties: Mapping[str, Any] | None = None
) -> Callable[[View], View]:
    """Leave the body to the view, which takes up to `most` bytes of it; stands below `signed_in`.

    `properties` are the parts of a form, for the contract.
    """

    def decorate(view: View) -> View:
        def before_body() -> None:
            # No connection is held while a body comes.
            abandon_begun_session()
            request.max_content_length = most(current_app.extensions["hep_settings"]) + BESIDES_THE_FILE
            request.max_form_parts = MOST_PARTS

        view.before_body = before_body  # type: ignore[attr-defined]
        schema = {"type": "object", "properties": dict(properties)} if properties else FILE
        document(view, requestBody={"required": True, "content": {media_type: {"schema": schema}}})
        return view

    return decorate


@contextmanager
def recognised_again() -> Iterator[Session]:
    """Open a transaction after the body, or a part of it, has come: whoever sends it is asked about once more."""
    occasion = occasions.present()
    assert occasion is not None
    assert occasion.claims is not None
    with transaction() as session:
        if recognition().recognise(session, occasion.claims).role != g.viewer.role:
            raise role_may_not()
        yield session


def form() -> tuple[FileStorage, dict[str, Any]]:
    """Return the form's one file, which lies on disk when it is large, and its other fields.

    Errors: 415 for anything but a form, 422 naming `/file`, 413 for a body over the limit.
    """
    if request.mimetype != "multipart/form-data":
        raise Problem("not_a_form", 415, "Send the body as multipart/form-data.")
    files = request.files.getlist("file")
    if len(files) != 1 or len(request.files) != 1:
        raise invalid_field("/file", "required", "Send one file, as the part named file.")
    told = request.form.to_dict(flat=False)
    return files[0], {name: texts[0] if len(texts) == 1 else texts for name, texts in told.items()}
