"""The service beside `make run`: a child of its own, found again by whatever else runs in the same folder.

Where pushes go to Google, because the caller has named a project or a key file, there is none.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from development import children
from development.push_service.credentials import PROJECT
from development.trouble import Trouble

KEY, ARRIVED, URL = "account.json", "arrived.jsonl", "url"
NAMED = ("HEP_FIREBASE_PROJECT_ID", "HEP_FIREBASE_CREDENTIALS_FILE", "HEP_PUSH_URL")
START_SECONDS = 30


@contextmanager
def beside(folder: Path) -> Iterator[children.Child | None]:
    """Run the service within the block, with its files in the folder; None where pushes go elsewhere."""
    if _go_elsewhere():
        yield None
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    words: list[str | Path] = ["--key", folder / KEY, "--keep", folder / ARRIVED]
    command: list[str | Path] = [sys.executable, "-m", "development.push_service", *words]
    child = children.start("push service", command, answer=folder / URL)
    try:
        yield child
    finally:
        child.stop()
        (folder / URL).unlink(missing_ok=True)


def await_ready(child: children.Child, folder: Path) -> str:
    """Return where it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.exit_code() is None:
        if url := _said(folder):
            return url
        time.sleep(0.02)
    raise Trouble("The push service did not start; what it said stands above.")


def for_product(folder: Path) -> dict[str, str]:
    """Return the variables that lead the product to the service whose files are in the folder, if it runs."""
    url = "" if _go_elsewhere() else _said(folder)
    if not url or not _listens(url):
        return {}
    return {
        "HEP_FIREBASE_PROJECT_ID": PROJECT,
        "HEP_FIREBASE_CREDENTIALS_FILE": str(folder / KEY),
        "HEP_PUSH_URL": url,
    }


def arrived(url: str) -> list[dict[str, object]]:
    """Return the pushes that the service at an address has accepted since it was started, the oldest first."""
    with urllib.request.urlopen(f"{url}/accepted", timeout=10) as answer:  # noqa: S310 - our own address
        found: list[dict[str, object]] = json.load(answer)
        return found


def _go_elsewhere() -> bool:
    return any(os.environ.get(name) for name in NAMED)


def _said(folder: Path) -> str:
    """Return the address that the service has written as its first line; nothing while it has not."""
    try:
        written = (folder / URL).read_text()
    except FileNotFoundError:
        return ""
    return written.strip() if written.endswith("\n") else ""


def _listens(url: str) -> bool:
    try:
        arrived(url)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True
