"""A page as PDF, by WeasyPrint where it is installed. It fetches nothing: what the page does not hold is left out."""

import importlib
import logging
from functools import partial

from hep_api.foundation.errors import Problem
from hep_api.foundation.greenlets import off_the_loop


class NotInstalled(Exception):
    """WeasyPrint, or a library of the system that it needs, is not there."""


def make_pdf(html: str) -> bytes:
    """Return the page as a tagged PDF; raise NotInstalled where it cannot be made. Takes seconds, off the loop."""
    _load()
    return off_the_loop(partial(_make, html))


def not_here(page_url: str) -> Problem:
    """The refusal where no PDF can be made, with the page that a browser prints to one."""
    words = "This server makes no PDF. Open the page and print it, or let your browser save it as PDF."
    return Problem("pdf_not_available", 501, words, extra={"page_url": page_url})


def _load() -> None:
    """Import WeasyPrint, which takes 1.3 s once: it is an extra, and only who asks for a PDF pays for it.

    On the loop, since it looks for the system's libraries by starting `ldconfig`, which gevent lets no thread do.
    """
    try:
        importlib.import_module("weasyprint")
    except (ImportError, OSError):
        raise NotInstalled from None


def _make(html: str) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # It would tell of pictures by their addresses, which here are the pictures, and of what only browsers know.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return made
