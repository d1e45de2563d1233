"""Follows a link as a phone does: one of ours through the app, one of the bucket's over HTTP."""

import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True)
class Fetched:
    status: int
    body: bytes
    headers: dict[str, str]


def fetch(app: Flask, url: str, method: str = "GET", **headers: str) -> Fetched:
    """Headers are named with underscores."""
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    if url.startswith("/"):
        answer = app.test_client().open(url, method=method, headers=sent, buffered=True)
        return Fetched(answer.status_code, answer.data, _titled(answer.headers.items()))
    asking = urllib.request.Request(url, method=method, headers=sent)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(asking) as got:  # noqa: S310 - loopback
            return Fetched(got.status, got.read(), _titled(got.headers.items()))
    except urllib.error.HTTPError as refused:
        with refused:
            return Fetched(refused.code, refused.read(), _titled(refused.headers.items()))


def _titled(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.title(): text for name, text in headers}
