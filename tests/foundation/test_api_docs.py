"""The documentation page works from this server alone."""

import re

from flask import Flask
from werkzeug.test import TestResponse

from hep_api.foundation.api_docs.routes import PARTS


def get(app: Flask, path: str) -> TestResponse:
    with app.test_client().get(path) as answer:
        answer.get_data()
        return answer


def test_the_page_and_its_parts_are_served(app: Flask) -> None:
    page = get(app, "/docs")
    assert page.status_code == 200
    asked_for = re.findall(r'(?:src|href)="(/docs/[^"]+)"', page.text)
    assert sorted(asked_for) == sorted(f"/docs/{part}" for part in PARTS)
    for address in asked_for:
        part = get(app, address)
        assert part.status_code == 200
        assert part.headers["X-Content-Type-Options"] == "nosniff"
        assert part.mimetype in ("text/javascript", "text/css")


def test_the_page_asks_no_outside_host(app: Flask) -> None:
    page = get(app, "/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    start = get(app, "/docs/start.js").text
    for outside in ("http:", "https:", '"//'):
        assert outside not in page.text + start
    assert "validatorUrl: null" in start


def test_only_the_parts_of_the_page_are_served(app: Flask) -> None:
    for name in ("routes.py", "README.md", "..%2froutes.py", "swagger_ui"):
        assert get(app, f"/docs/{name}").status_code == 404


def test_the_contracts_are_served_as_committed(app: Flask) -> None:
    answer = get(app, "/openapi.yaml")
    assert answer.status_code == 200
    assert answer.mimetype == "application/yaml"
    assert answer.text.startswith("openapi: 3.1.0")
