"""The TypeScript client, built once for each state of its sources and of openapi.yaml, and a server for it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from development import typescript
from hep_api.foundation.settings import Settings
from tests.messaging import live
from tests.messaging.live import Served


@dataclass
class Site:
    """Where a clinic's web app would come from: the client's files, at an origin of their own."""

    url: str
    complaints: list[str] = field(default_factory=list)


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Say nothing of each file."""


@pytest.fixture(scope="session")
def client() -> Path:
    """The folder of the built client; building it is what compiles everything strictly."""
    return typescript.build()


@pytest.fixture(scope="session")
def site(client: Path) -> Iterator[Site]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(client))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


@pytest.fixture(scope="session")
def web(settings: Settings, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A web process that lets the site's pages call it."""
    with ExitStack() as running:
        # For this process alone: others that tests start later are called from pages of their own.
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("HEP_WEB_ORIGINS", site.url)
            web = running.enter_context(live.served(settings, tmp_path_factory.mktemp("web")))
        live.await_ready(web)
        yield web
        assert "Traceback" not in web.log, web.log
