"""A mail's words as a page: one column that every mail program shows, without pictures, scripts, or anything that would
be fetched from elsewhere and tell that the mail was opened.
"""

import html
import re
from collections.abc import Sequence

_LINK = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body style="margin:0;padding:16px;background:#f3f4f6;color:#1f2933">
<div lang="{language}" style="max-width:560px;margin:0 auto;padding:8px 28px 20px;background:#fff;border-radius:8px;\
font:16px/1.5 Helvetica,Arial,sans-serif">
<h1 style="font-size:20px;line-height:1.3">{title}</h1>
{body}
</div>
</body></html>
"""
_BUTTON = "display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5c8a;color:#fff;text-decoration:none"
_SMALL = "font-size:13px;color:#52606d;overflow-wrap:anywhere"


def page_of(title: str, paragraphs: Sequence[str], footer: Sequence[str], button: str, language: str) -> str:
    """Return the page. A link stands on a button and below it in full: programs show it, whoever reads checks it."""
    body = [_marked_up(paragraph, button) for paragraph in paragraphs]
    body += [f'<p style="{_SMALL}">{_linked(line)}</p>' for line in footer]
    return _PAGE.format(language=html.escape(language), title=html.escape(title), body="\n".join(body))


def _marked_up(paragraph: str, button: str) -> str:
    if not _LINK.fullmatch(paragraph):
        return f"<p>{html.escape(paragraph)}</p>"
    link = html.escape(paragraph)
    if not button:
        return f'<p><a href="{link}">{link}</a></p>'
    shown = f'<p><a href="{link}" style="{_BUTTON}">{html.escape(button)}</a></p>'
    return f'{shown}\n<p style="{_SMALL}">{link}</p>'


def _linked(line: str) -> str:
    escaped = html.escape(line)
    return f'<a href="{escaped}">{escaped}</a>' if _LINK.fullmatch(line) else escaped
