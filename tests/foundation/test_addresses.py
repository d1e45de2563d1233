"""Whose address a request comes from cannot be forged: only what proxies of ours say is believed, if there are any."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.addresses import behind_proxies, network_of
from tests.world import World

PROXY, CLIENT, CLAIMED = "10.0.0.2", "203.0.113.7", "198.51.100.66"


def seen(hops: int, *forwarded: str, scheme: str | None = None, peer: str = PROXY) -> tuple[str, str]:
    """Return the address and the scheme that an app behind so many proxies sees."""
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    if forwarded:
        environ["HTTP_X_FORWARDED_FOR"] = ", ".join(forwarded)
    if scheme is not None:
        environ["HTTP_X_FORWARDED_PROTO"] = scheme
    found: list[tuple[str, str]] = []

    def app(given: dict[str, Any], _: Any) -> Iterable[bytes]:
        found.append((given["REMOTE_ADDR"], given["wsgi.url_scheme"]))
        return []

    behind_proxies(app, hops)(environ, lambda *_: None)
    return found[0]


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, (), PROXY),
        (0, (CLAIMED,), PROXY),
        (1, (CLIENT,), CLIENT),
        (1, (), PROXY),
        (1, (CLAIMED, CLIENT), CLIENT),
        (2, (CLAIMED, CLIENT, "10.0.0.1"), CLIENT),
        # Whoever came to the inner proxy past the outer one is the inner proxy's own, at best.
        (2, (CLIENT,), PROXY),
        (1, (f"{CLIENT}:4711",), CLIENT),
        (1, ("2001:db8::7",), "2001:db8::7"),
        (1, ("[2001:db8::7]:4711",), "2001:db8::7"),
        (1, ("unknown",), PROXY),
        (1, ("",), PROXY),
        (1, ("not an address",), PROXY),
        (1, ("999.1.1.1",), PROXY),
        (1, ('"' + CLAIMED, CLIENT), CLIENT),
        (1, (f'"{CLAIMED}', f'x", {CLIENT}'), CLIENT),
    ],
)
def test_the_address_is_the_one_that_the_outermost_proxy_of_ours_saw(
    hops: int, forwarded: tuple[str, ...], address: str
) -> None:
    assert seen(hops, *forwarded)[0] == address


@pytest.mark.parametrize(
    ("hops", "said", "scheme"),
    [(0, "https", "http"), (1, "https", "https"), (1, "http", "http"), (1, "javascript", "http"), (1, "", "http")],
)
def test_the_scheme_is_one_and_is_the_proxys_to_say(hops: int, said: str, scheme: str) -> None:
    assert seen(hops, CLIENT, scheme=said)[1] == scheme


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (CLIENT, CLIENT),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        (f"::ffff:{CLIENT}", CLIENT),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("/run/web.sock", "unknown"),
    ],
)
def test_addresses_are_counted_by_what_one_customer_is_given(address: str | None, network: str) -> None:
    assert network_of(address) == network


def limited(settings: Settings, trusted_proxies: Any) -> Flask:
    return create_app(
        replace(settings, limits_enabled=True, open_requests_per_minute=2, trusted_proxies=trusted_proxies)
    )


def statuses(app: Flask, forwarded: list[str]) -> list[int]:
    """Sign in once for each X-Forwarded-For."""
    body = {"email": "nobody@example.org", "password": "seven small stones"}
    anyone = World(app).anyone()
    answers = [anyone.post("/v1/sign-ins", json=body, headers={"X-Forwarded-For": each}) for each in forwarded]
    app.extensions["hep_database"].engine.dispose()
    return [answer.status_code for answer in answers]


def test_a_client_that_invents_addresses_is_limited_all_the_same(settings: Settings) -> None:
    assert statuses(limited(settings, 0), [f"198.51.100.{number}" for number in range(4)]) == [401, 401, 429, 429]


def test_behind_a_proxy_clients_are_told_apart_and_cannot_invent(settings: Settings) -> None:
    through = [f"{CLAIMED}, {CLIENT}", f"192.0.2.1, {CLIENT}", f"192.0.2.2, {CLIENT}", "203.0.113.8"]

    assert statuses(limited(settings, 1), through) == [401, 401, 429, 401]
