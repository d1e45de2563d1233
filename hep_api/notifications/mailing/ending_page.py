"""The page that a mail's last link leads to: it asks, and ends mails when somebody presses the button."""

import base64
import hashlib
import html
from collections.abc import Sequence

from hep_api.notifications.mailing.words.languages import PHRASEBOOKS, chosen

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:10vh auto;padding:0 1rem;color:#1f2933}"
    "button{font:inherit;padding:.7rem 1.2rem;border:0;border-radius:6px;background:#0b5c8a;color:#fff}"
)
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1>
{body}
</main></body></html>
"""
# To where the page itself came from, by the same link.
FORM = '<p>{ask}</p>\n<form method="post"><button>{button}</button></form>'


def page_of_ending(asked: Sequence[str], *, is_done: bool) -> str:
    """Return the page in the language that suits best."""
    language = chosen(asked)
    words = PHRASEBOOKS[language].page
    form = FORM.format(ask=html.escape(words.ask), button=html.escape(words.button))
    body = f'<p role="status">{html.escape(words.done)}</p>' if is_done else form
    return PAGE.format(language=language, title=html.escape(words.title), style=STYLE, body=body)
