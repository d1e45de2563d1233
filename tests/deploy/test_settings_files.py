"""What a host fills in: each name in the environment file is a setting, and PostgreSQL and Redis know their own."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from sqlalchemy import make_url

from development import binaries, children
from hep_api.foundation.settings import Settings, variable_name
from tests.deploy.units import DEPLOY
from tests.realtime.conftest import free_port
from tests.security.named import settings as known_settings

ASSIGNED = re.compile(r"^#?([A-Z][A-Z_0-9]+)=(.*)$", re.MULTILINE)
ENVIRONMENT = (DEPLOY / "settings.example").read_text()
# Of the file store's library.
NO_SETTINGS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}


def test_each_name_in_the_environment_file_is_a_setting() -> None:
    names = {name for name, _ in ASSIGNED.findall(ENVIRONMENT)}
    assert names - NO_SETTINGS <= known_settings()


def test_what_is_not_commented_out_is_enough_to_start_with() -> None:
    said = dict(line.split("=", 1) for line in ENVIRONMENT.splitlines() if line and not line.startswith("#"))
    read = Settings.from_environment(said)
    assert (read.redis_url, read.trusted_proxies, read.environment) == (said["REDIS_URL"], 1, "production")
    # Whoever changes the tables does not stand where the web processes read.
    assert variable_name("database_migrator_url") not in ENVIRONMENT


def test_postgresql_knows_each_of_its_settings(settings: Settings) -> None:
    said = dict(re.findall(r"^(\w+) = (\S+)", (DEPLOY / "postgresql.conf").read_text(), re.MULTILINE))
    url = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM pg_settings")}
    assert said.keys() <= known
    # Nothing that would lose what was acknowledged.
    assert not {"fsync", "synchronous_commit", "full_page_writes"} & said.keys()


def test_postgresql_has_room_for_all_the_connections() -> None:
    [most] = re.findall(r"^max_connections = (\d+)", (DEPLOY / "postgresql.conf").read_text(), re.MULTILINE)
    two_web_processes = (
        2 * Settings.from_environment({"DATABASE_URL": "x", "HEP_TOKEN_KEYS_FOLDER": "y"}).database_pool_size
    )
    assert int(most) > two_web_processes + 4 * 5 + 10


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the Redis protocol server with the shipped file, on another port; return `127.0.0.1:PORT`."""
    folder = tmp_path_factory.mktemp("redis")
    port = free_port()
    shipped = (DEPLOY / "redis.conf").read_text()
    assert "\nport 6379\n" in shipped
    (folder / "redis.conf").write_text(shipped.replace("\nport 6379\n", f"\nport {port}\n") + f"dir {folder}\n")
    child = children.start("redis", [binaries.find_valkey(), folder / "redis.conf"], log=folder / "log")
    try:
        _await(port, folder / "log")
        yield f"127.0.0.1:{port}"
    finally:
        child.stop()


def test_the_products_user_counts_and_speaks_as_the_product_does(queue: str) -> None:
    url = f"redis://hep:REDIS_PASSWORD@{queue}"
    storage = RedisStorage(url, key_prefix="api.clinic.example:limits", wrap_exceptions=True)
    limiter, item = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(1)
    assert (limiter.hit(item, "someone"), limiter.hit(item, "someone")) == (True, False)
    assert limiter.get_window_stats(item, "someone").remaining == 0
    limiter.clear(item, "someone")
    assert storage.check()
    assert limiter.hit(item, "someone")
    with Redis.from_url(url) as client, client.pubsub() as ears:
        ears.subscribe("api.clinic.example:realtime")
        client.publish("api.clinic.example:realtime", b"word")
        heard = [ears.get_message(timeout=5) for _ in range(2)]
        assert [each and each["type"] for each in heard] == ["subscribe", "message"]


@pytest.mark.parametrize(
    "command", [("KEYS", "*"), ("FLUSHALL",), ("CONFIG", "GET", "*"), ("GET", "others"), ("PUBLISH", "others", "x")]
)
def test_and_may_do_nothing_else(queue: str, command: tuple[str, ...]) -> None:
    with Redis.from_url(f"redis://hep:REDIS_PASSWORD@{queue}") as client, pytest.raises(NoPermissionError):
        client.execute_command(*command)


def test_nobody_comes_in_without_the_password(queue: str) -> None:
    with Redis.from_url(f"redis://{queue}") as client, pytest.raises(AuthenticationError):
        client.ping()


def _await(port: int, log: Path) -> None:
    deadline = time.monotonic() + 10
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
