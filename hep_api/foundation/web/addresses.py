"""Whose address a request comes from. Without a proxy of ours before the server, the one that is connected, whatever
the request says of itself; behind some, the one that the outermost of them saw.
"""

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Environ = dict[str, Any]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
WITH_PORT = re.compile(r"([0-9.]+):\d+|\[([0-9A-Fa-f:.]+)\](?::\d+)?")


def behind_proxies(app: WSGI, hops: int) -> WSGI:
    """Return the app as it stands behind `hops` proxies of ours: it believes that many entries of X-Forwarded-For."""
    if hops == 0:
        return app
    fixed = ProxyFix(_plainly(app), x_for=hops, x_proto=1, x_host=0, x_port=0, x_prefix=0)

    def behind(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # A quotation mark that a client left open would swallow what our proxy appended.
        environ[FORWARDED_FOR] = environ.get(FORWARDED_FOR, "").replace('"', "")
        return fixed(environ, start_response)

    return behind


def _plainly(app: WSGI) -> WSGI:
    """Return the app with an address that is one and a scheme that is one, else as they were before the proxies."""

    def plain(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        before = environ["werkzeug.proxy_fix.orig"]
        said = environ.get("REMOTE_ADDR") or ""
        named = WITH_PORT.fullmatch(said)
        address = _parsed(named[1] or named[2] if named else said)
        environ["REMOTE_ADDR"] = str(address) if address else before["REMOTE_ADDR"]
        if environ["wsgi.url_scheme"] not in ("http", "https"):
            environ["wsgi.url_scheme"] = before["wsgi.url_scheme"]
        return app(environ, start_response)

    return plain


def network_of(address: str | None) -> str:
    """Return by what an address is counted: of IPv6 the 64 bits that one customer is given, of IPv4 all."""
    parsed = _parsed(address or "")
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Network((int(parsed) >> 64 << 64, 64)))
    return str(parsed or "unknown")


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
