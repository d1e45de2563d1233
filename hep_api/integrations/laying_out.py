"""One HTML page that needs nothing else: style and pictures are in it, scripts there are none.

Its policy allows the one style sheet by its hash and pictures from within, so a text that got past the escaping would
still run nothing and call nobody.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

POLICY = (
    "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
STYLE, STYLE_ENDS = "<style>", "</style>"


@dataclass(frozen=True, slots=True)
class Page:
    html: str
    content_security_policy: str


def lay_out(package: str, page: str, style: str, values: Mapping[str, Any]) -> Page:
    """Return a page of a package's templates; `style` names its style sheet, which the page holds as `style`."""
    templates = _templates(package)
    sheet = templates.get_template(style).render(values)
    # Ours, with nothing in it that anyone wrote; escaped it would be no style sheet.
    html = templates.get_template(page).render(values, style=Markup(sheet))  # noqa: S704
    return Page(html, policy_of(html))


def policy_of(html: str) -> str:
    """Return the Content-Security-Policy of a page of ours: what anyone wrote in it is escaped, so its first style is
    ours.
    """
    style = html.partition(STYLE)[2].partition(STYLE_ENDS)[0]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return POLICY.format(digest=digest)


@cache
def _templates(package: str) -> Environment:
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
