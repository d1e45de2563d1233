"""Reads of drawings."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.errors import not_found
from hep_api.library.models.drawings import Drawing

DIGEST = re.compile(r"[0-9a-f]{64}")


def drawing_with(session: Session, digest: str) -> str:
    """Return the SVG with a digest; 404 when there is none."""
    is_digest = DIGEST.fullmatch(digest)  # an address may hold what the database does not take
    svg = session.scalar(select(Drawing.svg).where(Drawing.digest == digest)) if is_digest else None
    if svg is None:
        raise not_found("drawing")
    return svg
