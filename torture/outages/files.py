"""A disk without room for files: what does not fit is refused with 503 and leaves nothing behind, what fits is taken,
and what was refused is taken when there is room again.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests

from development import children
from development.trouble import Trouble
from hep_api.foundation.identifiers import new_id
from tests.media.documents import pdf
from tests.world import Person
from torture.broken import BROKEN
from torture.killing import serves
from torture.outages.watching import AWAY, LIMIT_SECONDS, PROBLEM
from torture.proof import Order
from torture.remote import remote_world
from torture.stage import ROOT, START_SECONDS, Process, Stage, environment

DISK_BYTES = 4_000_000
LONGEST_LINE = 300
# Two fit together, but not the first two, and the third only where nothing of the second stayed.
FIRST, SECOND, THIRD = 1_500_000, 3_000_000, 700_000


def fill_files(stage: Stage, order: Order) -> tuple[int, list[str]]:
    """Send files to a web server whose disk for them is small; return how many were refused, and what should not have
    been.
    """
    settings = replace(stage.settings(), files_folder=stage.folder / f"small-{time.monotonic_ns()}")
    settings.files_folder.mkdir()
    given = environment(settings) | {BROKEN: order.broken}
    with _web_on_a_small_disk(stage, settings.files_folder, given) as web:
        world = remote_world(settings, [web])
        sender = Sender(web, world.patient(world.practitioner(world.clinic())))
        complaints = list(_fill(sender))
        return sender.refused, complaints + [line[:LONGEST_LINE] for line in web.unforeseen()]


class Sender:
    """Somebody who sends files into a conversation, and reads them back."""

    def __init__(self, web: Process, person: Person) -> None:
        self._token = {"Authorization": f"Bearer {person.token}"}
        [listed] = person.http.get("/v1/conversations").get_json()["items"]
        self._url = web.url
        self._conversation = f"{web.url}/v1/conversations/{listed['id']}"
        self.refused = 0

    def send(self, identifier: str, content: bytes) -> requests.Response:
        answer = requests.post(
            f"{self._conversation}/attachments",
            files={"file": ("a.pdf", content, "application/pdf")},
            data={"id": identifier},
            headers=self._token,
            timeout=LIMIT_SECONDS,
        )
        self.refused += answer.status_code == AWAY
        return answer

    def take_back(self, identifier: str) -> int:
        url = f"{self._conversation}/attachments/{identifier}"
        return requests.delete(url, headers=self._token, timeout=LIMIT_SECONDS).status_code

    def read(self, identifier: str) -> bytes:
        """Return the file as it is kept."""
        url, asked = f"{self._conversation}/attachment-links", {"attachment_ids": [identifier]}
        told = requests.post(url, json=asked, headers=self._token, timeout=LIMIT_SECONDS)
        [item] = told.json()["items"]
        return requests.get(f"{self._url}{item['links'][0]['url']}", timeout=LIMIT_SECONDS).content


def _fill(sender: Sender) -> Iterator[str]:
    files = {str(new_id()): _document(size) for size in (FIRST, SECOND, THIRD)}
    first, second, third = files
    if (status := sender.send(first, files[first]).status_code) != 201:
        yield f"a file that fits was answered {status}"
    refused = sender.send(second, files[second])
    if refused.status_code != AWAY:
        yield f"a file without room was answered {refused.status_code}"
    elif refused.headers["Content-Type"] != PROBLEM or not refused.headers.get("Retry-After", "").isdigit():
        yield "a file without room was refused without a problem's words, or without Retry-After"
    if (status := sender.send(third, files[third]).status_code) != 201:
        yield f"a file that fits where nothing of the one before stayed was answered {status}"
    if sender.take_back(first) != 204:
        yield "a file could not be taken back"
    if (status := sender.send(second, files[second]).status_code) != 201:
        yield f"a file for which there is room again was answered {status}"
    else:
        yield from (
            f"a file of {len(files[each])} bytes was read otherwise"
            for each in (second, third)
            if sender.read(each) != files[each]
        )


def _document(size: int) -> bytes:
    """Return a PDF of about that size."""
    return pdf(b"<< /Length %d >>\nstream\n%s\nendstream" % (size, b"0" * size))


@contextmanager
def _web_on_a_small_disk(stage: Stage, folder: Path, given: dict[str, str]) -> Iterator[Process]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = stage.folder / f"web-{time.monotonic_ns()}.log"
    server = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "torture.entry:app"]
    command = [sys.executable, "-m", "torture.outages.small_disk", str(folder), str(DISK_BYTES), *server]
    told = given | {"HEP_BIND": f"127.0.0.1:{port}"}
    child = children.start("web", command, folder=ROOT, environment=told, log=log, patience_seconds=1)
    web = Process(port, log, child)
    try:
        until = time.monotonic() + START_SECONDS
        while not serves(web):
            if child.exit_code() is not None or time.monotonic() > until:
                raise Trouble(f"A web server on a small disk did not start: {web.log[-1000:]}")
            time.sleep(0.05)
        yield web
    finally:
        child.stop()
