"""Freezes a report: its content becomes JSON text, its page HTML text, and neither is made anew ever after."""

import json

from hep_api.integrations.progress_reports import pages, sealing
from hep_api.integrations.progress_reports.content import Content, Frozen
from hep_api.integrations.progress_reports.schemas import ReportContentOut


def freeze(content: Content) -> Frozen:
    """Return the report as it is kept. The page is made of the very text that is kept, read again."""
    written = sealing.written(ReportContentOut().dump(content))
    page, page_digest = sealing.seal(pages.render(json.loads(written)).html)
    return Frozen(written, sealing.digest(written.encode()), page, page_digest)
