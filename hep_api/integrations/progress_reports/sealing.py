"""The seal of a report: digests by which anyone can see that it is the one that was issued.

A page cannot hold its own digest, so it is taken while the page holds zeros in its place. Whoever has a page puts the
zeros back and compares.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

import structlog

from hep_api.foundation.errors import Problem

BLANK = "0" * 64
# What anyone wrote is escaped in a page, so this stands in it once.
_SEAL = '<code class="seal">{}</code>'

log = structlog.get_logger()


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def written(content: Any) -> str:
    """Return JSON as it is kept and digested: as answers write it, without blanks, keys in their order, in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def seal(page: str) -> tuple[str, bytes]:
    """Return a page with its digest in place of the zeros, and the digest."""
    found = digest(page.encode())
    return page.replace(_SEAL.format(BLANK), _SEAL.format(found.hex())), found


def unsealed(page: str, found: bytes) -> str:
    """Return a sealed page with the zeros that its digest was taken of."""
    return page.replace(_SEAL.format(found.hex()), _SEAL.format(BLANK))


def require_unaltered(content: bytes, expected: bytes, report_id: UUID, part: str) -> None:
    """Refuse to show what is not what was issued: 500 naming the report and the part of it that was altered."""
    if digest(content) == expected:
        return
    log.error("report_altered", reason=part, code=str(report_id))
    words = f"The {part} of this report is not what was issued: it was altered in the database. Tell whoever runs it."
    raise Problem("report_altered", 500, words, extra={"report_id": str(report_id), "part": part})
