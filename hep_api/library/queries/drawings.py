"""Reads of drawings."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.errors import not_found
from hep_api.library.models.drawings import Drawing


def drawing_with(session: Session, digest: str) -> str:
    """Return the SVG with a digest; 404 when there is none."""
    svg = session.scalar(select(Drawing.svg).where(Drawing.digest == digest))
    if svg is None:
        raise not_found("drawing")
    return svg
