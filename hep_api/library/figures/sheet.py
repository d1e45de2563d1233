"""All drawings on one page, to look them over."""

from collections.abc import Mapping
from html import escape
from pathlib import Path


def write(folder: Path, drawn: Mapping[str, str]) -> None:
    """Write one SVG per exercise key, and a page that shows them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, svg in drawn.items():
        (folder / f"{key}.svg").write_text(svg, "utf-8")
    (folder / "index.html").write_text(page(list(drawn)), "utf-8")


def page(keys: list[str]) -> str:
    cards = "\n".join(
        f'<figure><img src="{escape(key)}.svg" alt="" width="320"><figcaption>{escape(key)}</figcaption></figure>'
        for key in keys
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Drawings of the starter set</title>\n'
        "<style>body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:12px;margin:16px}"
        "figure{margin:0}figcaption{text-align:center}</style>\n"
        f"{cards}\n</html>\n"
    )
