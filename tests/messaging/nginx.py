"""The shipped proxy in front of two processes: deploy/nginx.conf itself, with other ports, names and paths."""

import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import requests

from development import children
from tests.messaging.live import ROOT
from tests.realtime.conftest import free_port, wait_for_port
from tests.realtime.raw import PATH, RawSocket, Refused

OUTER = """
daemon off; pid {folder}/pid; error_log {folder}/error.log crit; worker_processes 1; {user}
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/hep.conf;
}}
"""


def find() -> str | None:
    """Return where nginx is, if the machine has it."""
    return which("nginx") or which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy; its certificate is nobody's."""

    port: int
    clear_port: int

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def http(self, method: str, path: str, token: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, self.url + path, headers=headers, timeout=10, verify=False, **options)  # noqa: S501

    def handshake(self, origin: str) -> int:
        """Ask for a WebSocket as a page of this origin does; return the status of the answer."""
        try:
            RawSocket(self.port, PATH, tls=_anyone(), Origin=origin).socket.close()
        except Refused as refused:
            return refused.status
        return 101

    def asks_in_the_clear(self, path: str) -> int:
        return requests.get(f"http://127.0.0.1:{self.clear_port}{path}", timeout=10).status_code


@contextmanager
def proxying(folder: Path, *processes: int) -> Iterator[Proxy]:
    """Run nginx in front of processes on these ports."""
    proxy = Proxy(free_port(), free_port())
    key, chain = folder / "key.pem", folder / "chain.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    subprocess.run(
        ["openssl", *made, "-subj", "/CN=localhost", "-keyout", key, "-out", chain], check=True, capture_output=True
    )
    config = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, here in [
        (r"listen \[::\].*;", ""),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{proxy.port} ssl;"),
        (r"listen 80;", f"listen 127.0.0.1:{proxy.clear_port};"),
        (r"/etc/ssl/hep-api/fullchain.pem", str(chain)),
        (r"/etc/ssl/hep-api/key.pem", str(key)),
        (r"/var/log/hep-api", str(folder)),
        (r"/var/www/hep-api", str(folder)),
        *(
            (rf"server 127\.0\.0\.1:800{number} ", f"server 127.0.0.1:{port} ")
            for number, port in enumerate(processes, 1)
        ),
    ]:
        config, count = re.subn(shipped, here, config)
        assert count, f"deploy/nginx.conf has no {shipped}"
    (folder / "hep.conf").write_text(config)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(OUTER.format(folder=folder, user=user))
    log = folder / "nginx.log"
    child = children.start("nginx", [find() or "", "-c", folder / "nginx.conf", "-p", folder], log=log)
    try:
        wait_for_port(proxy.port, log)
        yield proxy
    finally:
        child.stop()


def _anyone() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
